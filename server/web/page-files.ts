import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { extname, join, sep } from "node:path";

const TYPES: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".svg": "image/svg+xml",
  ".png": "image/png",
  ".ico": "image/x-icon",
  ".woff2": "font/woff2",
  ".json": "application/json",
  ".webmanifest": "application/manifest+json",
  ".txt": "text/plain; charset=utf-8",
};

/** One file of the page. */
export interface PageFile {
  body: Buffer;
  contentType: string;
  entityTag: string;
}

/**
 * The page's files by their address, read once: so what was built anew meanwhile is never mixed with what was before.
 * Undefined where the folder does not exist.
 */
export async function readPageFiles(folder: string): Promise<ReadonlyMap<string, PageFile> | undefined> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(absent);
  if (!entries) return undefined;
  const files = new Map<string, PageFile>();
  for (const entry of entries) {
    const contentType = TYPES[extname(entry.name)];
    if (!entry.isFile() || contentType === undefined) continue;
    const path = join(entry.parentPath, entry.name);
    const body = await readFile(path);
    const address = path.slice(join(folder, sep).length).split(sep).join("/");
    files.set(`/${address}`, {
      body,
      contentType,
      entityTag: `"${createHash("sha256").update(body).digest("base64url")}"`,
    });
  }
  return files.has("/index.html") ? files : undefined;
}

function absent(error: NodeJS.ErrnoException): undefined {
  if (error.code !== "ENOENT" && error.code !== "ENOTDIR") throw error;
}
