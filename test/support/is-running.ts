/** Whether a process with this id exists (a zombie counts until its parent has taken notice). */
export function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
