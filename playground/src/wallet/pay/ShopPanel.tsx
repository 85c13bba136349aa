import { useState } from "react";

import { Dialog } from "../page/Dialog";
import { inMoney } from "./money";
import { Pay } from "./Pay";
import { PendingPayments } from "./PendingPayments";
import { ITEMS, type Item } from "./shopServer";

/** A shop with three currencies: with two, no and three decimals. */
export function ShopPanel() {
  const [bought, buy] = useState<Item>();
  const close = () => buy(undefined);
  return (
    <>
      <section className="panel shop" aria-labelledby="shop">
        <h2 id="shop">Pay and save</h2>
        <PendingPayments />
        <ul>
          {ITEMS.map((item) => (
            <li key={item.id}>
              <span>{item.name}</span>
              <button type="button" aria-label={`${inMoney(item.amount, item.currency)}, pay for: ${item.name}`} onClick={() => buy(item)}>
                {inMoney(item.amount, item.currency)}
              </button>
            </li>
          ))}
        </ul>
      </section>
      {bought && (
        <Dialog title={`Pay for: ${bought.name}`} onClose={close}>
          <Pay item={bought} onClose={close} />
        </Dialog>
      )}
    </>
  );
}
