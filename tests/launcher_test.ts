/** `./z6c`: which Deno it takes, and that it starts from anywhere. The Denos and npm here are small shell scripts. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const LAUNCHER = fileURLToPath(new URL("../z6c", import.meta.url));
const TOOLS = ["sh", "dirname", "readlink", "head", "mktemp", "mkdir", "mv", "rm", "chmod", "cat", "ls"];
const NOT_HERE = Deno.build.os === "windows";

/** A checkout with nothing but the launcher, and a PATH with nothing but what the launcher needs. */
async function inCheckout(use: (checkout: Checkout) => Promise<void>): Promise<void> {
  const folder = await Deno.realPath(await Deno.makeTempDir({ prefix: "z6c launcher test " }));
  try {
    const root = join(folder, "the check out");
    const bin = join(folder, "bin");
    await Deno.mkdir(root);
    await Deno.mkdir(bin);
    await Deno.copyFile(LAUNCHER, join(root, "z6c"));
    for (const tool of TOOLS) {
      const { stdout } = await new Deno.Command("sh", { args: ["-c", `command -v ${tool}`] }).output();
      await Deno.symlink(new TextDecoder().decode(stdout).trim(), join(bin, tool));
    }
    await use({ folder, root, bin });
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}
type Checkout = Readonly<{ folder: string; root: string; bin: string }>;

/** A Deno that says its version, where it lies, or both that and what it was given; beside it stands how often it was asked. */
function fakeDeno(version: string): string {
  return `#!/bin/sh
[ "$1" = --version ] && { echo asked >>"$0.asked"; echo "deno ${version} (stable, release)"; exit 0; }
[ "$1" = eval ] && { echo "$0"; exit 0; }
echo "$DENO_TLS_CA_STORE"
echo "$0"
for word in "$@"; do echo "$word"; done
`;
}

async function program(path: string, text: string): Promise<void> {
  await Deno.writeTextFile(path, text, { mode: 0o755 });
}

async function start(
  checkout: Checkout,
  args: string[],
  more: { launcher?: string; env?: Record<string, string> } = {},
) {
  const { code, stdout, stderr } = await new Deno.Command(more.launcher ?? join(checkout.root, "z6c"), {
    args,
    cwd: checkout.folder,
    clearEnv: true,
    env: { PATH: checkout.bin, ...more.env },
    stdin: "null",
  }).output();
  const text = new TextDecoder();
  return { code, lines: text.decode(stdout).split("\n").slice(0, -1), stderr: text.decode(stderr) };
}

function asTest(name: string, use: (checkout: Checkout) => Promise<void>): void {
  Deno.test({ name: `launcher: ${name}`, ignore: NOT_HERE, fn: () => inCheckout(use) });
}

asTest("takes the right Deno on PATH, through symbolic links, and passes words on", async (checkout) => {
  const { root, bin, folder } = checkout;
  await program(join(bin, "deno"), fakeDeno("2.7.11"));
  await Deno.symlink("the check out/z6c", join(folder, "first link"));
  await Deno.symlink(join(folder, "first link"), join(folder, "second link"));
  const words = [
    ...["run", "-A", "--quiet", "--unstable-lazy-dynamic-imports"],
    "--v8-flags=--no-lazy,--min-semi-space-size=64,--max-semi-space-size=64",
    ...["--config", join(root, "deno.json"), join(root, "cli/main.ts")],
  ];
  for (const launcher of [join(root, "z6c"), join(folder, "first link"), join(folder, "second link")]) {
    const { code, lines, stderr } = await start(checkout, ["check", "a b", ""], { launcher });
    assert.deepEqual({ code, stderr }, { code: 0, stderr: "" });
    const [store, deno, ...given] = lines;
    assert.deepEqual([store, deno], ["system,mozilla", join(bin, "deno")]);
    assert.deepEqual(given, [...words, "check", "a b", ""]);
  }
  const own = await start(checkout, [], { env: { DENO_TLS_CA_STORE: "mozilla" } });
  assert.equal(own.lines[0], "mozilla");
  const task = await start(checkout, ["dev", "test", "x"]);
  assert.deepEqual(task.lines.slice(2), [
    "task",
    "--quiet",
    "--config",
    join(root, "deno.json"),
    "test",
    "x",
  ]);
});

asTest("takes the one it installed earlier before another version on PATH", async (checkout) => {
  const kept = join(checkout.root, ".deno/2.7.11");
  await Deno.mkdir(kept, { recursive: true });
  await program(join(kept, "deno"), fakeDeno("2.7.11"));
  await program(join(checkout.bin, "deno"), fakeDeno("2.8.0"));
  const { lines, stderr } = await start(checkout, []);
  assert.deepEqual([lines[1], stderr], [join(kept, "deno"), ""]);
});

asTest("installs by npm, once, from the platform's package", async (checkout) => {
  const { root, bin, folder } = checkout;
  await Deno.writeTextFile(join(folder, "its deno"), fakeDeno("2.7.11"));
  await program(
    join(bin, "npm"),
    `#!/bin/sh
[ "$2" = --prefix ] && mkdir -p "$3/node_modules/@deno/linux-x64-glibc"
cat "${folder}/its deno" >"$3/node_modules/@deno/linux-x64-glibc/deno"
echo "$@" >>"${folder}/calls"
`,
  );
  const first = await start(checkout, ["check"]);
  assert.equal(first.lines[1], join(root, ".deno/2.7.11/deno"), first.stderr);
  assert.equal(first.stderr, `z6c: installing Deno 2.7.11 by npm into ${root}/.deno (once)\n`);
  const second = await start(checkout, ["check"]);
  assert.deepEqual([second.lines, second.stderr], [first.lines, ""]);
  assert.match(
    await Deno.readTextFile(join(folder, "calls")),
    /^install .*--ignore-scripts .*deno@2\.7\.11\n$/,
  );
  assert.deepEqual([...Deno.readDirSync(join(root, ".deno"))].map(({ name }) => name).sort(), [
    "2.7.11",
    "2.7.11.found",
  ]);
});

asTest("asks a Deno for its version once, and again when it is another file", async (checkout) => {
  const { root, bin } = checkout;
  const deno = join(bin, "deno");
  const asked = async () => (await Deno.readTextFile(`${deno}.asked`)).split("\n").length - 1;
  await program(deno, fakeDeno("2.7.11"));
  for (const times of [1, 1]) {
    const { lines } = await start(checkout, []);
    assert.deepEqual([lines[1], await asked()], [deno, times]);
  }
  await program(deno, fakeDeno("2.10.10"));
  const other = await start(checkout, []);
  assert.match(other.stderr, /warning: Deno 2\.10\.10 is used/);
  assert.equal(await asked(), 2);
  await program(deno, fakeDeno("2.7.11"));
  assert.equal((await start(checkout, [])).stderr, "");
  const launcher = join(root, "z6c");
  const text = await Deno.readTextFile(launcher);
  await Deno.writeTextFile(launcher, text.replace("wanted=2.7.11", "wanted=2.8.0"));
  assert.match((await start(checkout, [])).stderr, /warning: Deno 2\.7\.11 is used; z6c is made for 2\.8\.0/);
  await Deno.writeTextFile(launcher, text);
  await Deno.remove(join(root, ".deno"), { recursive: true });
  await Deno.writeTextFile(join(root, ".deno"), "nothing can be kept here");
  for (const times of [4, 5]) {
    const { lines, stderr } = await start(checkout, []);
    assert.deepEqual([lines[1], stderr, await asked()], [deno, "", times]);
  }
});

asTest("falls back to a Deno that is new enough, with a warning, when npm fails", async (checkout) => {
  await program(join(checkout.bin, "npm"), "#!/bin/sh\nexit 1\n");
  await program(join(checkout.bin, "deno"), fakeDeno("2.10.0"));
  const { code, stderr, lines } = await start(checkout, []);
  assert.deepEqual([code, lines[1]], [0, join(checkout.bin, "deno")]);
  assert.match(stderr, /warning: Deno 2\.10\.0 is used/);
  assert.deepEqual([...Deno.readDirSync(join(checkout.root, ".deno"))], []);
});

asTest("says what to do where there is nothing to start with", async (checkout) => {
  const none = await start(checkout, []);
  assert.equal(none.code, 1);
  assert.match(
    none.stderr,
    /needs Deno 2\.7\.11 and found none\. Either install it \(https:.*\), or install Node\.js/,
  );
  for (const old of ["2.6.9", "1.46.3", "2.0.7"]) {
    await program(join(checkout.bin, "deno"), fakeDeno(old));
    const run = await start(checkout, []);
    assert.equal(run.code, 1);
    assert.match(run.stderr, new RegExp(`found ${old}`));
  }
});
