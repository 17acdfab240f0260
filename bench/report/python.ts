import { execa } from "execa";

/** A distribution's own Python is where its packages are, whatever stands first on PATH. */
const CANDIDATES = ["/usr/bin/python3", "python3"];
const MODULES = { cv2: "OpenCV", av: "PyAV" } as const;

/** The Python that has the modules under test, or most of them. */
export async function findPython(): Promise<string> {
  const found = await Promise.all(CANDIDATES.map(async (python) => (await pythonVersions(python)).length));
  return CANDIDATES[found.indexOf(Math.max(...found))] as string;
}

/** Versions of Python and of the modules that it has; empty where it does not run. */
export async function pythonVersions(python: string): Promise<string[]> {
  const tell = (code: string) => execa(python, ["-c", code], { reject: false, timeout: 20_000 });
  const own = await tell("import platform; print(platform.python_version())");
  if (own.failed) return [];
  const modules = Object.entries(MODULES).map(async ([module, name]) => {
    const { failed, stdout } = await tell(`import ${module}; print(${module}.__version__)`);
    return failed ? [] : [`${name} ${stdout}`];
  });
  return [`Python ${own.stdout}`, ...(await Promise.all(modules)).flat()];
}
