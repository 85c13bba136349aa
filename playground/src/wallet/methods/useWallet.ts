/** Reads the wallet of the signed-in customer, and keeps it current. */
import { useEffect, useRef } from "react";
import { useQuery, useSubscription } from "urql";

import { useWalletClient } from "../client/client";
import { useStore } from "../client/store";
import { readFragment } from "../graphql";
import { useOnline } from "../page/useOnline";
import { walletChanged, walletFragment, walletQuery } from "./wallet";

export function useWallet() {
  const { customerId, live } = useWalletClient();
  const variables = { customerId };
  const [{ data, fetching, error }, read] = useQuery({ query: walletQuery, variables });
  // Its results go into the cache, from where the query above takes them.
  useSubscription({ query: walletChanged, variables });
  // A read that failed leaves what was read before on the page.
  const latest = useRef(data);
  if (data) latest.current = data;
  const readAgain = () => read({ requestPolicy: "network-only" });
  const isOnline = useOnline();
  const connection = useStore(live.connection);
  useReturn(isOnline, readAgain);
  useReturn(connection === "live", readAgain);
  return {
    customer: readFragment(walletFragment, latest.current?.customer),
    isLoading: fetching && !latest.current,
    problem: error?.networkError ? "There was no response." : error?.graphQLErrors[0]?.message,
    isOnline,
    connection,
    readAgain,
  };
}

/** Calls `onReturn` each time that something is there again after it was gone. */
function useReturn(isThere: boolean, onReturn: () => void) {
  const state = useRef<"never there" | "there" | "gone">("never there");
  useEffect(() => {
    if (isThere && state.current === "gone") onReturn();
    if (isThere) state.current = "there";
    else if (state.current === "there") state.current = "gone";
  });
}
