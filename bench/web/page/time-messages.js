// Runs in the page behind socket.io's client, and notes when which message of the vehicle was there, by the page's clock.
// Messages are told apart by what stands in their field `time_boot_ms`.
globalThis.benchMessages = {
  noted: [],
  /** Resolves when it is connected to the server at this address. */
  listen(address) {
    const socket = globalThis.io(address, { transports: ["websocket"], forceNew: true });
    socket.on("message", ({ name, fields }) => {
      const atMs = performance.timeOrigin + performance.now();
      if (name === "ATTITUDE") this.noted.push([fields.time_boot_ms, atMs]);
    });
    return new Promise((resolve, reject) => {
      socket.on("connect_error", reject);
      socket.on("connect", () => {
        socket.emit("subscribe", "all");
        resolve();
      });
    });
  },
};
