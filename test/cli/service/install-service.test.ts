import { chmod, readdir, stat } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { readVariable } from "../../../cli/service/environment-file.js";
import { type InstallServiceOptions, installService } from "../../../cli/service/install-service.js";
import { makeServiceMachine, type ServiceMachine, type ServiceMachineOptions } from "./service-machine.js";

const UNIT = "/etc/systemd/system/glasslink-sender.service";
const ENVIRONMENT = "/etc/glasslink/glasslink-sender.env";
const PATTERN = ["--camera", "pattern", "--output", "tcp://:8000"];
const SECRET = ["--camera", "pattern", "--output", "rtsp://ann:hunter2@127.0.0.1:8554/stream"];

function install(machine: ServiceMachine, sendOptions: string[] = [], options: Partial<InstallServiceOptions> = {}) {
  machine.printed.length = 0;
  return installService({ sendOptions, ...options }, machine.host, machine.print);
}

describe("glasslink service install", () => {
  it("writes options and unit, starts the service now and at each start of the machine, and says each step", async () => {
    await using machine = await makeServiceMachine();
    await install(machine, PATTERN);
    expect(machine.printed).toEqual([
      "glasslink-sender sends with: --camera pattern --output tcp://:8000",
      "make the folder /etc/glasslink",
      `write ${ENVIRONMENT} (0600)`,
      `write ${UNIT} (0644)`,
      "run systemctl daemon-reload",
      "run systemctl enable glasslink-sender.service",
      "run systemctl restart glasslink-sender.service",
      "see how it does: glasslink service status; journalctl --unit glasslink-sender --follow",
    ]);
    expect(machine.calls()).toEqual([
      "daemon-reload",
      "enable glasslink-sender.service",
      "is-active glasslink-sender.service",
      "restart glasslink-sender.service",
    ]);
    const options = readVariable(await machine.read(ENVIRONMENT), "GLASSLINK_SEND_OPTIONS");
    expect(options).toBe("--camera pattern --output tcp://:8000");
    expect((await stat(machine.path(ENVIRONMENT))).mode & 0o777).toBe(0o600);
  });

  it("makes a unit that runs this Node.js and this glasslink, with the groups that the machine has", async () => {
    await using machine = await makeServiceMachine();
    await install(machine, PATTERN);
    const unit = await machine.read(UNIT);
    expect(unit).toMatch(/^# Written by `glasslink service install`\.\n/);
    expect(unit).toMatch(
      /^ExecStart=\/usr\/bin\/node \/usr\/lib\/node_modules\/glasslink\/dist\/cli\/main\.js service run$/m,
    );
    expect(unit).toMatch(/^EnvironmentFile=-\/etc\/glasslink\/%N\.env$/m);
    expect(unit).toMatch(/^SupplementaryGroups=video$/m);
    expect(unit).toMatch(/^DynamicUser=yes$/m);
    expect(unit).not.toContain("pattern");
  });

  it("runs it as another user, and under another name", async () => {
    await using machine = await makeServiceMachine();
    await install(machine, PATTERN, { user: "pi", name: "front.service" });
    const unit = await machine.read("/etc/systemd/system/front.service");
    expect(unit).toMatch(/^User=pi$/m);
    expect(unit).not.toContain("DynamicUser");
    expect(machine.tried).toEqual([{ uid: 1000, gid: 1001 }]);
    expect(await readdir(machine.path("/etc/glasslink"))).toEqual(["front.env"]);
    expect(machine.calls()).toContain("restart front.service");
    expect(machine.printed.at(-1)).toContain("glasslink service status --name front;");
  });

  it("changes nothing the second time, and leaves the service running", async () => {
    await using machine = await makeServiceMachine();
    await install(machine, PATTERN);
    machine.calls();
    await install(machine, PATTERN);
    expect(machine.printed).toEqual([
      "glasslink-sender sends with: --camera pattern --output tcp://:8000",
      `keep ${ENVIRONMENT} as it is`,
      `keep ${UNIT} as it is`,
      "run systemctl daemon-reload",
      "run systemctl enable glasslink-sender.service",
      "keep glasslink-sender.service running as it is",
      expect.any(String),
    ]);
    expect(machine.calls()).not.toContain("restart glasslink-sender.service");
  });

  it("says what a second install changes, and restarts", async () => {
    await using machine = await makeServiceMachine();
    await install(machine, PATTERN);
    await install(machine, ["--camera", "pattern", "--fps", "60"], { user: "pi" });
    expect(machine.printed).toEqual(
      expect.arrayContaining([
        '  - GLASSLINK_SEND_OPTIONS="--camera pattern --output tcp://:8000"',
        '  + GLASSLINK_SEND_OPTIONS="--camera pattern --fps 60"',
        "  - DynamicUser=yes",
        "  + User=pi",
        "run systemctl restart glasslink-sender.service",
      ]),
    );
  });

  it("keeps the options of the last time where none are given, and the user's own lines in any case", async () => {
    await using machine = await makeServiceMachine();
    const text = "# mine\nFFMPEG_PATH=/opt/ffmpeg\nGLASSLINK_SEND_OPTIONS='--camera pattern'\n";
    await machine.write(ENVIRONMENT, text);
    await install(machine);
    expect(machine.printed[0]).toBe("glasslink-sender sends with: --camera pattern");
    expect(await machine.read(ENVIRONMENT)).toBe(text);
    await install(machine, PATTERN);
    expect(await machine.read(ENVIRONMENT)).toMatch(/^# mine\nFFMPEG_PATH=\/opt\/ffmpeg\nGLASSLINK_SEND_OPTIONS="/);
  });

  it("never prints a password, and closes a file that others could read", async () => {
    await using machine = await makeServiceMachine();
    await install(machine, SECRET);
    await install(machine, [...SECRET, "--fps", "60"]);
    const lines = [...machine.printed];
    await chmod(machine.path(ENVIRONMENT), 0o644);
    await install(machine);
    expect(machine.printed).toContain(`close ${ENVIRONMENT} to others (0600)`);
    expect((await stat(machine.path(ENVIRONMENT))).mode & 0o777).toBe(0o600);
    expect([...lines, ...machine.printed].join("\n")).not.toContain("hunter2");
    expect(lines.join("\n")).toContain("ann:***@127.0.0.1");
    expect(await machine.read(ENVIRONMENT)).toContain("hunter2");
  });

  it("sends the cameras of a configuration, whose token it keeps to itself", async () => {
    await using machine = await makeServiceMachine();
    await machine.write("/etc/cameras.yml", "cameras: { left: { device_id: 0 } }\noutputs: [tcp://:8000]\n");
    await install(machine, ["--config", "/etc/cameras.yml", "--token", "first one"]);
    await install(machine, ["--config", "/etc/cameras.yml", "--token", "hunter2"]);
    expect(machine.printed).toEqual(
      expect.arrayContaining([
        "glasslink-sender sends with: --config /etc/cameras.yml --token ***",
        '  - GLASSLINK_SEND_OPTIONS="--config /etc/cameras.yml --token ***"',
        '  + GLASSLINK_SEND_OPTIONS="--config /etc/cameras.yml --token ***"',
      ]),
    );
    expect(await machine.read(ENVIRONMENT)).toContain("--token hunter2");
    expect(await machine.read(UNIT)).not.toContain("hunter2");
  });

  it("only says what it would do with --dry-run, also without root and systemd", async () => {
    await using machine = await makeServiceMachine({ isRoot: false, isBooted: false, problem: "no" });
    await install(machine, PATTERN, { dryRun: true });
    expect(machine.printed).toContain(`would write ${UNIT} (0644)`);
    expect(machine.printed).toContain("would run systemctl restart glasslink-sender.service");
    expect(machine.calls()).toEqual([]);
    expect(await readdir(machine.path("/etc/systemd/system"))).toEqual([]);
    expect(machine.tried).toEqual([]);
  });
});

describe("glasslink service install refuses", () => {
  const refusals: {
    what: string;
    machine?: ServiceMachineOptions;
    send?: string[];
    options?: Partial<InstallServiceOptions>;
    code?: string;
    message: string | RegExp;
  }[] = [
    {
      what: "to go on without root",
      machine: { isRoot: false },
      message:
        "service install changes /etc and systemd, and needs root; run it with sudo: sudo glasslink service install …",
    },
    {
      what: "a machine without systemd",
      machine: { isBooted: false },
      message: "systemd does not run this machine: there is no /run/systemd/system",
    },
    {
      what: "a program that the service's user cannot run",
      machine: { problem: "spawn EACCES" },
      message: /^the service's own user cannot run \/usr\/bin\/node with .*main\.js \(spawn EACCES\); .* --user pi$/,
    },
    {
      what: "a program that the user given cannot run",
      machine: { problem: "spawn EACCES" },
      options: { user: "pi" },
      message: /^user pi cannot run .*; choose another --user/,
    },
    {
      what: "a path that systemd does not run",
      machine: { node: '/opt/"my" node' },
      message: 'systemd runs no program whose path has quotes or backslashes: /opt/"my" node',
    },
    {
      what: "a user that is not there",
      options: { user: "nobody-here" },
      code: "invalid-option",
      message: "--user nobody-here: this machine has no such user",
    },
    {
      what: "an option that send does not know",
      send: ["--outputt", "x"],
      code: "invalid-option",
      message: /^send options: unknown option '--outputt'/,
    },
    {
      what: "a value that send refuses",
      send: ["--camera", "pattern", "--width", "33"],
      code: "invalid-option",
      message: /^camera\.width: 33 is not allowed/,
    },
    {
      what: "an output that send refuses",
      send: ["--output", "x://a"],
      code: "invalid-url",
      message: /no output for "x:/,
    },
    {
      what: "a call for help",
      send: ["--help"],
      code: "invalid-option",
      message: "send options: --help asks only for help",
    },
    {
      what: "a log file where the service cannot write",
      send: ["--log-file", "/var/log/glasslink-sender/../a.log"],
      code: "invalid-option",
      message: /the service can write only to \/var\/log\/glasslink-sender and \/var\/lib\/glasslink-sender$/,
    },
    {
      what: "a name that is none",
      options: { name: "a b" },
      code: "invalid-option",
      message: /^--name a b is not allowed/,
    },
    { what: "a name that leads elsewhere", options: { name: "../x" }, code: "invalid-option", message: /^--name/ },
  ];

  it.each(refusals)("$what, and writes nothing", async ({ machine: special, send, options, code, message }) => {
    await using machine = await makeServiceMachine(special);
    const failing = install(machine, send ?? PATTERN, options);
    await expect(failing).rejects.toMatchObject({
      code: code ?? "unsupported",
      message: typeof message === "string" ? message : expect.stringMatching(message),
    });
    expect(machine.printed).toEqual([]);
    expect(machine.calls()).toEqual([]);
    expect(await readdir(machine.path("/etc/systemd/system"))).toEqual([]);
  });

  it.each([
    {
      path: "cameras.yml",
      message: "--config cameras.yml: the service needs the whole path, such as /etc/cameras.yml",
    },
    { path: "/etc/none.yml", message: /^cannot read .*\/etc\/none\.yml: ENOENT/ },
    { path: "/etc/wrong.yml", message: /\/etc\/wrong\.yml: cameras\.left: it goes nowhere; / },
    {
      path: "/etc/closed.yml",
      message: /^--config \/etc\/closed\.yml: the service's own user cannot read it; let all/,
    },
  ])("a configuration that the service cannot run: $path", async ({ path, message }) => {
    await using machine = await makeServiceMachine();
    await machine.write("/etc/wrong.yml", "cameras: { left: { device_id: 0 } }\n");
    await machine.write("/etc/closed.yml", "cameras: { left: { device_id: 0 } }\noutputs: [tcp://:8000]\n");
    await chmod(machine.path("/etc/closed.yml"), 0o640);
    const failing = install(machine, ["--config", path]);
    const reason = typeof message === "string" ? message : expect.stringMatching(message);
    await expect(failing).rejects.toMatchObject({ code: "invalid-option", message: reason });
    expect(machine.printed).toEqual([]);
    // Whom it belongs to can read it.
    if (path === "/etc/closed.yml") await install(machine, ["--config", path], { user: "pi" });
  });

  it("a unit that it did not write", async () => {
    await using machine = await makeServiceMachine();
    await machine.write(UNIT, "[Service]\nExecStart=/bin/true\n");
    const message = expect.stringMatching(/^\/etc\/.*was not written by glasslink service install; remove it, or/);
    await expect(install(machine, PATTERN)).rejects.toMatchObject({ code: "unsupported", message });
    expect(await machine.read(UNIT)).toBe("[Service]\nExecStart=/bin/true\n");
  });

  it("options in the file that hold an open quote, without showing them; new ones replace them", async () => {
    await using machine = await makeServiceMachine();
    await machine.write(ENVIRONMENT, `GLASSLINK_SEND_OPTIONS="--output 'hunter2"\n`);
    const message = `GLASSLINK_SEND_OPTIONS in ${ENVIRONMENT}: the quote ' is never closed (character 10 of 17)`;
    await expect(install(machine)).rejects.toMatchObject({ code: "invalid-option", message });
    await install(machine, PATTERN);
    expect(readVariable(await machine.read(ENVIRONMENT), "GLASSLINK_SEND_OPTIONS")).toMatch(/^--camera pattern/);
  });

  it("to go on when systemctl fails, with what that said", async () => {
    await using machine = await makeServiceMachine({ systemd: { fault: "restart" } });
    await expect(install(machine, PATTERN)).rejects.toMatchObject({
      code: "process-failed",
      message: expect.stringMatching(/^systemctl restart glasslink-sender\.service failed: Job failed\./),
    });
  });
});
