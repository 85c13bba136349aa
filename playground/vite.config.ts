import { readFileSync, writeFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { defineConfig, type Plugin } from "vite";

const WORTH_PACKING = /\.(js|css|svg|ttf)$/;

/** Puts a packed copy beside each asset, so that the server packs none. */
function packed(): Plugin {
  return {
    name: "packed",
    apply: "build",
    writeBundle({ dir }, bundle) {
      for (const name of Object.keys(bundle).filter((name) => WORTH_PACKING.test(name))) {
        writeFileSync(`${dir}/${name}.gz`, gzipSync(readFileSync(`${dir}/${name}`), { level: 9 }));
      }
    },
  };
}

export default defineConfig({
  // Nothing is named by an absolute path: the page works below any prefix that a proxy puts before it.
  base: "./",
  plugins: [packed()],
  build: {
    // The page is served at graphql, its assets at playground/… beside it.
    assetsDir: "playground",
    assetsInlineLimit: 0,
    target: "es2022",
    // Monaco's editor is one piece, and large.
    chunkSizeWarningLimit: 5000,
    // "use client" in GraphiQL's libraries is for servers that render React.
    rolldownOptions: {
      checks: { moduleLevelDirective: false },
      // GraphiQL reads its icons' titles off the names of their functions.
      output: { keepNames: true },
    },
  },
});
