/**
 * What a task comes to; rejects with `problem` where it takes longer than so many milliseconds. The task goes on then,
 * until it looks at its signal.
 */
export async function within<T>(
  milliseconds: number,
  problem: string,
  task: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const end = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(new Error(`${problem} within ${Math.round(milliseconds / 1000)} s`));
      end.abort();
    }, milliseconds);
  });
  try {
    return await Promise.race([task(end.signal), late]);
  } finally {
    clearTimeout(timer);
  }
}
