import { createContext, useCallback, useContext, useEffect, useState, type ReactNode } from "react";

const SHOWN_MS = 6_000;

const Announce = createContext<(text: string) => void>(() => {});

/** Says what has changed: shown for some seconds, and read out by screen readers. */
export const useAnnounce = () => useContext(Announce);

/** The place of what is said. It is always in the document, because screen readers follow only what they know. */
export function Announcer({ children }: { children: ReactNode }) {
  const [said, setSaid] = useState({ text: "" });
  useEffect(() => {
    const timer = setTimeout(() => setSaid({ text: "" }), SHOWN_MS);
    return () => clearTimeout(timer);
  }, [said]);
  const announce = useCallback((text: string) => setSaid({ text }), []);
  return (
    <Announce value={announce}>
      {children}
      <div className="announcement" role="status">
        {said.text && <p>{said.text}</p>}
      </div>
    </Announce>
  );
}
