import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { readVariable, setVariable } from "../../cli/service/environment-file.js";
import { quoteArgument, quoteProgram } from "../../cli/service/systemd-quoting.js";
import { describeSystemd, SystemdMachine } from "../support/systemd-machine.js";

const PATIENCE = { timeout: 30_000, interval: 100 };
const SERVICE = "glasslink-sender";
const PATTERN = "--camera 'pattern?width=320&height=240'";
/** Both outputs are below port 1024. */
const SECRET = `${PATTERN} --output tcp://:80 --output rtsp://ann:hunter2@:554/stream`;
/** What quotes, variables, specifiers and line ends could be lost in. */
const WORDS = [
  ...["", " ", "a b", "  a\tb  ", "it's", '"a"', "\\", "\\n \\x41 \\", "a\\", "%n %% %", "$HOME $$ $", "`id`"],
  ...["line\nbreak", "#", ";", "a;b", "=", "ü €", "-", "'\"\\$%`\n\t'", "a\rb", "\u001b[0m"],
];

describeSystemd("the sender under a real systemd", () => {
  const closing: (() => Promise<void>)[] = [];
  let machine: SystemdMachine;
  beforeAll(async () => {
    machine = await SystemdMachine.make((close) => closing.unshift(close));
  });
  afterAll(async () => {
    for (const close of closing) await close();
  });

  const install = (options: string): Promise<string> => machine.shell(`glasslink service install ${options} 2>&1`);
  const property = async (name: string): Promise<string> =>
    (await machine.shell(`systemctl show ${SERVICE} --property=${name} --value`)).trim();
  const journal = (options: string): Promise<string> =>
    machine.shell(`journalctl --unit ${SERVICE} --no-pager --output cat ${options}`);
  const streams = (): Promise<void> =>
    vi.waitFor(async () => {
      const probed = await machine.shell("glasslink probe tcp://127.0.0.1:80 --frames 5 --seconds 5 --json 2>&1");
      expect(probed).toContain('"frames":5');
    }, PATIENCE);

  it("runs the unit in deploy/ as it is", async () => {
    // Raspberry Pi OS has the group.
    await machine.shell("groupadd --system render 2>&1; cp /opt/glasslink/deploy/*.service /etc/systemd/system");
    await machine.shell("mkdir /etc/glasslink");
    await machine.write(`/etc/glasslink/${SERVICE}.env`, `GLASSLINK_SEND_OPTIONS="${PATTERN} --output tcp://:80"\n`);
    await machine.shell(`systemctl daemon-reload && systemctl enable --now ${SERVICE}`);
    await streams();
    expect(await install(`-- ${PATTERN}`)).toMatch(/was not written by glasslink service install; remove it/);
    await machine.shell(`systemctl disable --now ${SERVICE}; rm -r /etc/glasslink /etc/systemd/system/*.service`);
  });

  it("installs a service that sends, by a user without rights but for low ports", async () => {
    expect(await install(`-- ${SECRET}`)).toContain(`run systemctl restart ${SERVICE}.service\n`);
    await streams();
    const status = await machine.shell(`cat /proc/${await property("MainPID")}/status`);
    expect(status).not.toMatch(/^Uid:\s+0\b/m);
    expect(status).toMatch(/^CapEff:\s+0000000000000400$/m);
    expect(await property("UnitFileState")).toBe("enabled");
  });

  it("shows the password to nobody", async () => {
    const shown = await machine.shell(
      `ps axww -o args | grep -v grep; systemctl status ${SERVICE} --no-pager --full; glasslink service status; ` +
        `systemctl show ${SERVICE}; journalctl --no-pager --output verbose; cat /etc/systemd/system/*.service`,
    );
    expect(shown).toContain("service run");
    expect(shown).toContain("rtsp://ann:***@:554/stream");
    expect(shown).not.toContain("hunter2");
    expect(await machine.shell("stat -c %a:%U /etc/glasslink/*.env")).toBe("600:root\n");
  });

  it("has systemd find nothing wrong with its unit, and call it safe", async () => {
    const unit = `/etc/systemd/system/${SERVICE}.service`;
    expect(await machine.run("systemd-analyze", "verify", unit)).toEqual({ code: 0, text: "" });
    const security = await machine.run("systemd-analyze", "security", "--offline=true", "--threshold=25", unit);
    expect(security).toMatchObject({ code: 0, text: expect.stringMatching(/exposure level .*: 2\.\d OK/) });
  });

  it("tells in the journal, by priority, that the camera died and that it is back", async () => {
    await machine.shell("pkill -KILL -x ffmpeg");
    await vi.waitFor(async () => expect(await journal("")).toMatch(/pictures again, after \d/), PATIENCE);
    const warnings = await journal("--priority warning");
    expect(warnings).toMatch(/ffmpeg was ended by SIGKILL; starting it again/);
    expect(warnings).not.toContain("pictures again");
    await streams();
  });

  it("is started again when it crashes, and is no failure when it is stopped", async () => {
    const pid = await property("MainPID");
    await machine.shell(`kill -KILL ${pid}`);
    await vi.waitFor(async () => expect(await property("NRestarts")).toBe("1"), PATIENCE);
    await streams();
    await machine.run("systemctl", "stop", SERVICE);
    expect([await property("ActiveState"), await property("Result")]).toEqual(["inactive", "success"]);
    expect((await machine.run("glasslink", "service", "status")).code).toBe(3);
  });

  it("tells systemd what it sends, and is started again when it hangs", async () => {
    const dropIns = `/etc/systemd/system/${SERVICE}.service.d`;
    await machine.shell(`mkdir ${dropIns} && printf '[Service]\\nWatchdogSec=2\\n' > ${dropIns}/quick.conf`);
    await machine.shell(`systemctl daemon-reload; systemctl restart ${SERVICE}`);
    expect(await property("StatusText")).toBe("test pattern 320x240 at 30 fps, h264 by ffmpeg");
    // It is kept alive for longer than it would be without a word.
    const startedAt = Number(await property("ActiveEnterTimestampMonotonic"));
    const heardAt = async (): Promise<number> => Number(await property("WatchdogTimestampMonotonic"));
    await vi.waitFor(async () => expect(await heardAt()).toBeGreaterThan(startedAt + 3e6), PATIENCE);
    expect(await property("NRestarts")).toBe("0");
    await machine.shell(`kill -STOP ${await property("MainPID")}`);
    await vi.waitFor(async () => expect(await property("NRestarts")).toBe("1"), PATIENCE);
    expect(await journal("--priority err")).toContain("Watchdog timeout");
    await streams();
    await machine.shell(`rm -r ${dropIns}; systemctl daemon-reload; systemctl stop ${SERVICE}`);
  });

  it("gives up on options that no other try can mend, and says so", async () => {
    await machine.shell(`sed -i s/--camera/--kamera/ /etc/glasslink/${SERVICE}.env; systemctl start ${SERVICE}`);
    await vi.waitFor(async () => expect(await property("ActiveState")).toBe("failed"), PATIENCE);
    expect(await journal("--priority err --lines 5")).toContain(
      "glasslink: GLASSLINK_SEND_OPTIONS: unknown option '--kamera'",
    );
    const { code, text } = await machine.run("glasslink", "service", "status");
    expect([code, text]).toEqual([3, expect.stringContaining("exit-code, exit code 2")]);
  });

  it("writes its log where the options say, whatever the name", async () => {
    const name = "a 'b' \"c\" $d %n \\e.log";
    const quoted = `'${name.replaceAll("'", "'\\''")}'`;
    await install(`-- ${PATTERN} --output tcp://:80 --log-file ${quoted}`);
    await streams();
    const folder = `/var/lib/private/${SERVICE}`;
    await vi.waitFor(
      async () => expect(await machine.shell(`cat ${folder}/*e.log`)).toContain("client gone"),
      PATIENCE,
    );
    expect((await machine.shell(`ls -Q1 --quoting-style=literal ${folder}`)).split("\n")).toContain(name);
  });

  it("sends a Raspberry Pi's camera, whose times come by a named pipe in a /tmp of its own", async () => {
    await machine.copy("test/fixtures", "/opt/fixtures");
    await machine.shell("ln -s /opt/fixtures/rpicam-vid /usr/local/bin/rpicam-vid");
    await install("-- --camera rpicam --output tcp://:80");
    await streams();
    expect(await journal("")).toContain("Raspberry Pi camera 0, 640x480 at 30 fps");
    const invocation = `_SYSTEMD_INVOCATION_ID=${await property("InvocationID")}`;
    expect(await machine.shell(`journalctl ${invocation} --priority warning --quiet`)).toBe("");
    expect(await machine.shell("ls /tmp")).not.toMatch(/^glasslink/m);
  });

  it("refuses a glasslink in a home that is closed to the service, and runs it as the user who lives there", async () => {
    await machine.shell("useradd --create-home pi && cp -r /opt/glasslink /home/pi && chmod 700 /home/pi");
    await machine.shell("chown -R pi: /home/pi");
    const command = `node /home/pi/glasslink/dist/cli/main.js service install --name home`;
    const refused = await machine.shell(`SUDO_USER=pi ${command} -- ${PATTERN} 2>&1`);
    expect(refused).toMatch(/^glasslink: the service's own user cannot run .*; .* --user pi\n$/);
    await machine.shell(`${command} --user pi -- ${PATTERN} --output tcp://:8001`);
    await vi.waitFor(async () => {
      expect(await machine.shell("glasslink probe tcp://127.0.0.1:8001 --frames 5 --json 2>&1")).toContain(
        '"frames":5',
      );
    }, PATIENCE);
    expect(await machine.shell("ps axww -o user=,args= | grep '[h]ome/pi.*service run'")).toMatch(/^pi /);
    await machine.shell("glasslink service uninstall --name home; userdel --remove pi 2>&1");
  });

  it("runs the gateway by its unit, with a configuration that only root may read", async () => {
    const [unit, file] = ["/etc/systemd/system/glasslink-gateway.service", "/etc/glasslink/gateway.yml"];
    const gateway = (name: string): Promise<string> =>
      machine.shell(`systemctl show glasslink-gateway --property=${name} --value`);
    await machine.shell(`mkdir -p /etc/glasslink; install -m 600 /dev/null ${file}`);
    await machine.write(file, "host: 127.0.0.1\ncameras: [{ id: left, url: tcp://127.0.0.1:80 }]\n");
    await machine.shell(`cp /opt/glasslink/deploy/glasslink-gateway.service ${unit}`);
    expect(await machine.run("systemd-analyze", "verify", unit)).toEqual({ code: 0, text: "" });
    await machine.shell("systemctl daemon-reload; systemctl enable --now glasslink-gateway 2>&1");
    expect(await gateway("StatusText")).toBe("gateway at http://127.0.0.1:8080/\n");
    await install(`-- ${PATTERN} --output tcp://:80`);
    await vi.waitFor(async () => {
      const probed = await machine.shell(
        "glasslink probe rtsp://127.0.0.1:8554/left --frames 5 --seconds 5 --json 2>&1",
      );
      expect(probed).toContain('"frames":5');
    }, PATIENCE);
    const status = await machine.shell(`cat /proc/${(await gateway("MainPID")).trim()}/status`);
    expect(status).not.toMatch(/^Uid:\s+0\b/m);
    await machine.shell(`echo 'prot: 1' >> ${file}; systemctl restart glasslink-gateway`);
    await vi.waitFor(async () => expect(await gateway("ActiveState")).toBe("failed\n"), PATIENCE);
    expect([await gateway("ExecMainStatus"), await gateway("NRestarts")]).toEqual(["2\n", "0\n"]);
    await machine.shell(`systemctl disable --now glasslink-gateway; rm ${unit} ${file}; systemctl daemon-reload`);
  });

  it("hands each word of ExecStart on as it was quoted", async () => {
    const program = "/opt/my $x 100%n ; {b}/printf";
    await machine.shell(`mkdir -p '/opt/my $x 100%n ; {b}' && cp /usr/bin/printf '${program}'`);
    const command = [quoteProgram(program), ...["%s\\0", ...WORDS].map(quoteArgument)].join(" ");
    await machine.write(
      "/etc/systemd/system/words.service",
      `[Service]\nType=oneshot\nExecStart=${command}\nStandardOutput=file:/run/words\n`,
    );
    expect(await machine.shell("systemctl daemon-reload; systemctl start words")).toBe("");
    expect((await machine.shell("cat /run/words")).split("\0")).toEqual([...WORDS, ""]);
  });

  it("reads environment files as we write them, and as we read them", async () => {
    const written = WORDS.map((word) => setVariable("", "X", word));
    const others = [
      ...["X=a", "X= a  b \t\n", " X =a\n", "X='a b'\n", 'X="a\nb"\n', "X='a'\"b\"c\n", "X='a' \"b\"  c\n"],
      ...["X=a'b'\n", 'X="\\" \\\\ \\$ \\` \\n"\n', "X=a\\ \\b\\\nc\n", 'X="never closed', "X=a\\ \n", "X=a\nX=b\n"],
      ...["#X=a\n", ";X=a\n", "X\nY=c\n", "Y='\nX=a\n'\n", "X=a\r\n", "X=\n"],
    ];
    const files = [...written, ...others];
    let unit = "[Service]\nType=oneshot\nExecStart=/usr/bin/env -0\nStandardOutput=file:/run/variables\n";
    for (const [index, file] of files.entries()) {
      await machine.write(`/run/${index}.env`, file.replace(/^( ?)X/gm, `$1X${index}`));
      unit += `EnvironmentFile=/run/${index}.env\n`;
    }
    await machine.write("/etc/systemd/system/variables.service", unit);
    expect(await machine.shell("systemctl daemon-reload; systemctl start variables")).toBe("");
    const variables = new Map(
      (await machine.shell("cat /run/variables")).split("\0").map((entry) => {
        const [, name = "", value] = /^([^=]*)=([\s\S]*)$/.exec(entry) ?? [];
        return [name, value];
      }),
    );
    const bySystemd = files.map((_file, index) => variables.get(`X${index}`));
    expect(bySystemd).toEqual(files.map((file) => readVariable(file, "X")));
    expect(bySystemd.slice(0, WORDS.length)).toEqual(WORDS);
  });

  it("leaves nothing behind but what the service itself wrote", async () => {
    const said = await machine.shell("glasslink service uninstall");
    expect(said).toContain(`keep /var/lib/${SERVICE}, which install did not make`);
    expect(await property("LoadState")).toBe("not-found");
    expect((await machine.run("glasslink", "service", "status")).code).toBe(4);
    expect(await machine.shell(`ls -d /etc/glasslink /etc/systemd/system/*${SERVICE}* 2>&1`)).toMatch(
      /^(ls: cannot access .*\n){2}$/,
    );
  });
});
