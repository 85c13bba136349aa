import { readFileSync, writeFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { defineConfig, type Plugin } from "vite";

const DOCUMENT = /\bgraphql\(`\s*(query|mutation|subscription|fragment) (\w+)[^`]*`,?\s*\)/g;
const WORTH_PACKING = /\.(js|css|svg|ttf)$/;

/** Writes a compressed copy next to each asset, so that the server compresses none. */
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

/** Replaces each call graphql(`query Name …`) by the generated document: the build has no document as text. */
function documents(): Plugin {
  return {
    name: "documents",
    apply: "build",
    enforce: "pre",
    transform(code, id) {
      if (!id.includes("/src/wallet/") || !code.includes("graphql(`")) return;
      const generated = JSON.stringify(new URL("src/wallet/graphql/graphql", import.meta.url).pathname);
      return `import * as generated from ${generated};\n${code.replace(DOCUMENT, (_, kind, name) => {
        return `generated.${pascalCase(name)}${kind === "fragment" ? "FragmentDoc" : "Document"}`;
      })}`;
    },
  };
}

/** graphql-codegen's spelling of names. */
const pascalCase = (name: string) => name.replace(/(^|_)[a-z]/g, (letter) => letter.toUpperCase());

/** `vite build` builds GraphiQL; `vite build --mode wallet` adds the wallet page, which shares no file with it. */
export default defineConfig(({ mode }) => ({
  // All URLs are relative: the pages work below any path prefix of a proxy.
  base: "./",
  plugins: [documents(), packed()],
  build: {
    // The pages are served at graphql and wallet, and their assets at playground/….
    assetsDir: "playground",
    assetsInlineLimit: 0,
    emptyOutDir: mode !== "wallet",
    target: "es2022",
    // Monaco's editor is one large chunk.
    chunkSizeWarningLimit: 5000,
    rolldownOptions: {
      input: mode === "wallet" ? "wallet.html" : "index.html",
      // "use client" in GraphiQL's libraries is for servers that render React.
      checks: { moduleLevelDirective: false },
      // GraphiQL reads its icons' titles off the names of their functions. They are a tenth of the wallet page's code.
      output: { keepNames: mode !== "wallet" },
    },
  },
}));
