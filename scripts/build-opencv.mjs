#!/usr/bin/env node
// Builds the optional OpenCV module in a folder of its own, against the OpenCV that the system's package manager
// installed. The package's own install script is not run: it may build a second OpenCV from source, which takes an hour.
import { spawn, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { dirname, join, resolve } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const PACKAGE = "@u4/opencv4nodejs";
const VERSION = "7.1.2";
// Windows, drawing, picture files: a third of the whole module's compile time.
const MODULES = ["core", "imgproc", "imgcodecs", "videoio", "highgui"];
const DEFAULT_FOLDER = fileURLToPath(new URL("../.opencv", import.meta.url));
const SOURCE_FOLDERS = ["core", "imgproc", "io", "highgui"];

const HELP = `Usage: npm run build:opencv [-- FOLDER]

Builds ${PACKAGE} ${VERSION} into FOLDER (default: .opencv in this project), with the modules
${MODULES.join(", ")}. Needs a C++ compiler, python3 and OpenCV 4 with its headers:
  sudo apt install g++ make python3 libopencv-dev
Takes a minute or two, and nothing when it is already built. OPENCV_INCLUDE_DIR and OPENCV_LIB_DIR
name the place of an OpenCV that is not the system's; JOBS is the number of compilers at a time.`;

try {
  await main(process.argv.slice(2));
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}

async function main([argument, ...rest]) {
  if (argument === "--help" || argument === "-h") return console.log(HELP);
  if (rest.length > 0 || argument?.startsWith("-")) throw new Error(`one folder at most is allowed\n\n${HELP}`);
  const folder = resolve(argument ?? DEFAULT_FOLDER);
  const module = join(folder, "node_modules", "opencv4nodejs");
  const opencv = findOpenCv();
  const built = loadedVersion(module);
  if (built === opencv.version) return console.log(`already built for OpenCV ${built}: ${module}`);

  const started = performance.now();
  await install(folder);
  keepOnly(SOURCE_FOLDERS, join(module, "binding.gyp"));
  await compile(module, opencv, writeHeaders(folder, opencv.include));
  const version = loadedVersion(module);
  if (version !== opencv.version) throw new Error(`${module} was compiled but does not load`);
  console.log(
    `built for OpenCV ${version} in ${((performance.now() - started) / 60_000).toFixed(1)} minutes: ${module}`,
  );
}

/** Where OpenCV's headers and libraries are, and their version. */
function findOpenCv() {
  const include = resolve(process.env.OPENCV_INCLUDE_DIR ?? "/usr/include/opencv4");
  const header = join(include, "opencv2/core/version.hpp");
  if (!existsSync(header)) {
    throw new Error(`no OpenCV headers in ${include}; install them with: sudo apt install libopencv-dev`);
  }
  const triplet = spawnSync("g++", ["-print-multiarch"], { encoding: "utf8" });
  if (triplet.error) throw new Error("no C++ compiler; install one with: sudo apt install g++ make");
  const libraries = process.env.OPENCV_LIB_DIR ?? join("/usr/lib", triplet.stdout.trim());
  const text = readFileSync(header, "utf8");
  const number = (name) => new RegExp(`define\\s+CV_VERSION_${name}\\s+(\\d+)`).exec(text)?.[1];
  return { include, libraries, version: ["MAJOR", "MINOR", "REVISION"].map(number).join(".") };
}

/** The OpenCV version that the built module reports, or undefined where it is absent, other or does not load. */
function loadedVersion(module) {
  const manifest = join(module, "package.json");
  if (!existsSync(manifest) || JSON.parse(readFileSync(manifest, "utf8")).version !== VERSION) return undefined;
  const program = `const { version: v } = require(${JSON.stringify(join(module, "build/Release/opencv4nodejs.node"))});
    console.log(v.major + "." + v.minor + "." + v.revision);`;
  const result = spawnSync(process.execPath, ["-e", program], { encoding: "utf8" });
  return result.status === 0 ? result.stdout.trim() : undefined;
}

async function install(folder) {
  mkdirSync(folder, { recursive: true });
  const dependencies = { opencv4nodejs: `npm:${PACKAGE}@${VERSION}` };
  writeFileSync(join(folder, "package.json"), `${JSON.stringify({ private: true, dependencies }, null, 2)}\n`);
  console.log(`installing ${PACKAGE} ${VERSION} into ${folder}`);
  await run("npm", ["install", "--ignore-scripts", "--no-audit", "--no-fund"], { cwd: folder });
}

/** Takes the sources of all other modules out of the build description. */
function keepOnly(sourceFolders, file) {
  const isLeftOut = (line) => {
    const sourceFolder = /"cc\/([^/"]+)\/.*\.cc"/.exec(line)?.[1];
    return sourceFolder !== undefined && !sourceFolders.includes(sourceFolder);
  };
  const lines = readFileSync(file, "utf8").split("\n");
  writeFileSync(file, lines.filter((line) => !isLeftOut(line)).join("\n"));
}

/** A folder of headers that differs from OpenCV's own in one file: the list of modules, which the module's code asks. */
function writeHeaders(folder, include) {
  const headers = join(folder, "include");
  rmSync(headers, { recursive: true, force: true });
  mkdirSync(join(headers, "opencv2"), { recursive: true });
  const defines = MODULES.map((name) => `#define HAVE_OPENCV_${name.toUpperCase()}\n`);
  writeFileSync(join(headers, "opencv2/opencv_modules.hpp"), defines.join(""));
  symlinkSync(include, join(headers, "opencv4"));
  return headers;
}

async function compile(module, opencv, headers) {
  const total = readFileSync(join(module, "binding.gyp"), "utf8").match(/\.cc"/g).length;
  const jobs = process.env.JOBS ?? String(availableParallelism());
  const nodeGyp = join(module, "..", "node-gyp/bin/node-gyp.js");
  const args = [nodeGyp, "rebuild", "--release", "--loglevel=warn", `--jobs=${jobs}`, ...nodeHeaders()];
  let done = 0;
  await run(process.execPath, args, {
    cwd: module,
    env: {
      ...process.env,
      OPENCV4NODEJS_DISABLE_AUTOBUILD: "1",
      OPENCV_INCLUDE_DIR: headers,
      OPENCV_LIB_DIR: opencv.libraries,
      OPENCV_BIN_DIR: "/usr/bin",
    },
    onLine: (line) => {
      const source = /^\s*CXX\(target\).*obj\.target\/opencv4nodejs\/(.*)\.o/.exec(line)?.[1];
      if (source) console.log(`compiling ${++done}/${total} ${source}`);
    },
  });
}

// Headers that came with this Node save a download.
function nodeHeaders() {
  const prefix = dirname(dirname(process.execPath));
  return existsSync(join(prefix, "include/node/node.h")) ? [`--nodedir=${prefix}`] : [];
}

/** Runs a program; what it wrote is shown only if it fails. */
async function run(command, args, { onLine, ...options }) {
  const child = spawn(command, args, { ...options, stdio: ["ignore", "pipe", "pipe"] });
  const tail = [];
  for (const stream of [child.stdout, child.stderr]) {
    createInterface({ input: stream }).on("line", (line) => {
      tail.push(line);
      if (tail.length > 60) tail.shift();
      onLine?.(line);
    });
  }
  const code = await new Promise((settle, reject) => child.once("error", reject).once("close", settle));
  if (code !== 0) throw new Error(`${tail.join("\n")}\n${command} ${args[0]} failed with code ${code}`);
}
