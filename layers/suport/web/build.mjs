// Builds the stylesheet, the script, the pictures and the description of the API (openapi.json leads
// to docs/) into a folder, each under a name with the hash of its content, and beside them a
// `manifest.json` with these names and a `packages.json` with the packages that parts of them come
// from, which the bill of materials reads:
//
//   node build.mjs FOLDER

import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { constants, gzipSync } from "node:zlib";

import { buildSync } from "esbuild";
import { compile } from "sass";

const here = dirname(fileURLToPath(import.meta.url));
const packages = join(here, "node_modules");
const folder = process.argv[2];
const packaged = new Set(); // names of packages whose files are in the contents

const contents = {
  "suport.css": style("suport.scss"),
  "desk.css": style("desk.scss"), // in place of suport.css, which is in it
  "remote.css": style("remote.scss"), // on the two pages of remote support, besides one of these
  "suport.js": script("suport.js"),
  "files.js": script("files.js"), // on one page only
  "desk.js": script("desk.js"), // on the pages of the desk only
  "share_screen.js": script("share_screen.js"), // on the citizen's page of remote support only
  "watch_screen.js": script("watch_screen.js"), // on the operator's page of remote support only
  "icon.svg": readFileSync(join(here, "icon.svg"), "utf8"),
  "telematic.svg": readFileSync(join(here, "telematic.svg"), "utf8"),
  "openapi.json": JSON.stringify(JSON.parse(readFileSync(join(here, "openapi.json"), "utf8"))),
};

function style(name) {
  const options = { loadPaths: [packages], quietDeps: true, style: "compressed" };
  const { css, loadedUrls } = compile(join(here, name), options);
  loadedUrls.forEach((url) => note(fileURLToPath(url)));
  return css;
}

function script(name) {
  const { outputFiles, metafile } = buildSync({
    entryPoints: [join(here, name)],
    bundle: true,
    format: "esm",
    legalComments: "inline",
    metafile: true,
    minify: true,
    target: "es2020",
    write: false,
  });
  Object.keys(metafile.inputs).forEach(note);
  return outputFiles[0].text;
}

// A package of a scope has two parts: @scope/name.
function note(path) {
  const [, name] = path.match(/.*\bnode_modules\/((?:@[^/]+\/)?[^/]+)\//) ?? [];
  if (name) packaged.add(name);
}

rmSync(folder, { force: true, recursive: true });
mkdirSync(folder, { recursive: true });
const manifest = {};
for (const [name, content] of Object.entries(contents)) {
  const hash = createHash("sha256").update(content).digest("hex").slice(0, 12);
  manifest[name] = name.replace(".", `.${hash}.`);
  writeFileSync(join(folder, manifest[name]), content);
  writeFileSync(
    join(folder, `${manifest[name]}.gz`),
    gzipSync(content, { level: constants.Z_BEST_COMPRESSION }),
  );
}
writeFileSync(join(folder, "manifest.json"), JSON.stringify(manifest));
writeFileSync(join(folder, "packages.json"), JSON.stringify([...packaged].sort()));
