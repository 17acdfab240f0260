/** Gives a file to the browser, which asks where to or puts it where downloads go. */
export function download(content: Blob, name: string): void {
  const address = URL.createObjectURL(content);
  const link = document.createElement("a");
  link.href = address;
  link.download = name;
  link.click();
  // The browser begins to read it on its own time.
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
}

/** A name for a file of a camera: `glasslink-front-2026-05-04T10-20-30.png`. */
export function fileName(camera: string, extension: string, date = new Date()): string {
  const time = date.toISOString().slice(0, 19).replaceAll(":", "-");
  return `glasslink-${camera}-${time}.${extension}`;
}
