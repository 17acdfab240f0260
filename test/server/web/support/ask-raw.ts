import { once } from "node:events";
import { connect } from "node:net";

/** Everything that a server answers to these bytes until it closes the connection. */
export async function askRaw(port: number, text: string): Promise<string> {
  const socket = connect(port, "127.0.0.1");
  socket.on("error", () => {});
  let answer = "";
  socket.setEncoding("latin1").on("data", (chunk) => {
    answer += chunk;
  });
  socket.write(text, "latin1");
  await once(socket, "close");
  return answer;
}
