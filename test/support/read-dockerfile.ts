import { readFile } from "node:fs/promises";

/** One instruction of a Dockerfile. */
export interface Instruction {
  /** Such as `RUN`. */
  name: string;
  /** What stands behind the name, in one line. */
  text: string;
  words: string[];
}

const NAMES = "FROM|RUN|COPY|WORKDIR|USER|ENTRYPOINT|CMD|ARG|ENV|EXPOSE|LABEL|HEALTHCHECK|STOPSIGNAL|VOLUME|SHELL|ADD";

/**
 * The instructions of a Dockerfile, without comments. Fails for a line that is none.
 * @see https://docs.docker.com/reference/dockerfile/
 */
export async function readDockerfile(path: string): Promise<Instruction[]> {
  const text = (await readFile(path, "utf8")).replace(/^\s*#.*\n/gm, "").replace(/\\\n/g, " ");
  return text
    .split("\n")
    .filter((line) => line.trim() !== "")
    .map((line) => {
      const [, name, rest] = new RegExp(`^(${NAMES}) +(.+)$`).exec(line) ?? [];
      if (name === undefined || rest === undefined) throw new Error(`${path}: no instruction: ${line}`);
      return { name, text: rest, words: rest.trim().split(/\s+/) };
    });
}
