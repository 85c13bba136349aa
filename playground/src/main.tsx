import "graphiql/setup-workers/vite";

import { explorerPlugin } from "@graphiql/plugin-explorer";
import { HISTORY_PLUGIN } from "@graphiql/plugin-history";
import { GraphiQL } from "graphiql";
import { createRoot } from "react-dom/client";

import "graphiql/style.css";
import "@graphiql/plugin-explorer/style.css";
import "./page.css";

import { FirstVariables, NarrowEditors, SharedHeaders } from "./editors";
import { fetcher } from "./fetcher";
import { allowsIntrospection, usesSandbox } from "./server";
import { Reset } from "./reset";
import { storage } from "./storage";
import { headersExample, tabs } from "./load-tabs";

const plugins = [HISTORY_PLUGIN, explorerPlugin()];

function Playground() {
  return (
    <GraphiQL
      fetcher={fetcher}
      // GraphiQL sends an introspection query if this is undefined, but not if it is null.
      schema={allowsIntrospection ? undefined : null}
      inputValueDeprecation
      schemaDescription
      storage={storage}
      defaultTabs={tabs}
      defaultHeaders={headersExample}
      defaultEditorToolsVisibility="variables"
      // Tokens are not stored, and GraphiQL shows no option to store them.
      shouldPersistHeaders={false}
      plugins={plugins}
    >
      <GraphiQL.Logo>
        {usesSandbox ? (
          <>
            <a href="./">Attaché</a> <a href="wallet">Wallet</a>
          </>
        ) : (
          "Attaché"
        )}
      </GraphiQL.Logo>
      <GraphiQL.Toolbar>
        {({ prettify, merge, copy }) => (
          <>
            {prettify}
            {merge}
            {copy}
            {usesSandbox && <Reset />}
          </>
        )}
      </GraphiQL.Toolbar>
      <SharedHeaders />
      <FirstVariables />
      <NarrowEditors />
    </GraphiQL>
  );
}

createRoot(document.getElementById("root")!).render(<Playground />);
