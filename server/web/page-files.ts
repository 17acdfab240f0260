import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { extname, join, sep } from "node:path";
import { promisify } from "node:util";
import { gzip } from "node:zlib";

const compress = promisify(gzip);

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
  /** Compressed, where that is smaller. */
  gzipped?: Buffer;
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
    files.set(`/${address}`, await pageFile(body, contentType));
  }
  return files.has("/index.html") ? files : undefined;
}

async function pageFile(body: Buffer, contentType: string): Promise<PageFile> {
  const gzipped = await compress(body);
  const entityTag = `"${createHash("sha256").update(body).digest("base64url")}"`;
  return { body, contentType, entityTag, ...(gzipped.length < body.length && { gzipped }) };
}

function absent(error: NodeJS.ErrnoException): undefined {
  if (error.code !== "ENOENT" && error.code !== "ENOTDIR") throw error;
}
