import { pick, useGraphiQL } from "@graphiql/react";
import { useEffect, useRef } from "react";

/** One text of headers for all tabs, and so one token. GraphiQL keeps headers per tab. Shows nothing. */
export function SharedHeaders() {
  const { headerEditor, tabs, activeTabIndex } = useGraphiQL(pick("headerEditor", "tabs", "activeTabIndex"));
  const headers = useRef<string>(undefined);
  const activeTab = tabs[activeTabIndex]?.id;

  useEffect(() => {
    // A flush is GraphiQL's, for example when another tab is opened. All other changes are the user's.
    const edits = headerEditor?.onDidChangeModelContent(({ isFlush }) => {
      if (!isFlush) headers.current = headerEditor.getValue();
    });
    return () => edits?.dispose();
  }, [headerEditor]);

  useEffect(() => {
    if (headers.current !== undefined) headerEditor?.setValue(headers.current);
  }, [headerEditor, activeTab]);

  return null;
}

/** Shows the variables of the tab with which the page opens. GraphiQL shows those of a default tab only later. */
export function FirstVariables() {
  const { queryEditor, variableEditor, tabs, activeTabIndex } = useGraphiQL(
    pick("queryEditor", "variableEditor", "tabs", "activeTabIndex"),
  );
  const { query, variables } = tabs[activeTabIndex] ?? {};

  useEffect(() => {
    if (!queryEditor || !variableEditor || variableEditor.getValue() !== "" || !variables) return;
    variableEditor.setValue(variables);
    // GraphiQL stores what is set. With the stored variables and no query, the next visit would begin with a new tab.
    queryEditor.setValue(query ?? "");
    // Only when the editors appear: later, the user may empty them.
  }, [queryEditor, variableEditor]);

  return null;
}

const PHONE = window.matchMedia("(max-width: 48rem)");

/** On a phone, long lines wrap, and lines have no numbers. */
export function NarrowEditors() {
  const editors = useGraphiQL(pick("queryEditor", "variableEditor", "headerEditor", "responseEditor"));
  const all = Object.values(editors);

  useEffect(() => {
    const adapt = () =>
      all.forEach((editor) =>
        editor?.updateOptions(
          PHONE.matches ? { wordWrap: "on", fontSize: 13 } : { wordWrap: "off", fontSize: 15 },
        ),
      );
    adapt();
    PHONE.addEventListener("change", adapt);
    return () => PHONE.removeEventListener("change", adapt);
  }, all);

  return null;
}
