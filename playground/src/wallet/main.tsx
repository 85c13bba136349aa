import { createRoot } from "react-dom/client";

import { App } from "./App";
import "./style/tokens.css";
import "./style/page.css";
import "./style/controls.css";
import "./style/wallet.css";
import "./style/add.css";

createRoot(document.getElementById("root")!).render(<App />);
