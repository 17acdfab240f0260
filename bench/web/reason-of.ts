/** Why something failed, in one line. */
export function reasonOf(error: unknown): string {
  return String((error as Error).message).split("\n")[0] as string;
}
