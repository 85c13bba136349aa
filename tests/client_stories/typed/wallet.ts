import * as documents from "../generated/gql/graphql.js";
import { execute, type Service } from "./execute.js";

type UserError = NonNullable<documents.AttachMutation["attachPaymentMethod"]>["errors"][number];
type Details = documents.SavedMethodFragment["details"];

// #region errors
/** The text to show to the customer. Each type of error has its own members. */
export function messageFor(error: UserError): string {
  switch (error.__typename) {
    case "CardDeclinedError":
      return error.declineCode === "insufficient_funds" ? "There is not enough money." : error.message;
    case "NotReusableError":
      return "This card was removed. Please type it in again.";
    default:
      return error.message;
  }
}
// #endregion

/** Null for types without a number. */
export function lastDigits(details: Details): string | null {
  return "last4" in details ? details.last4 : null;
}

export function open(service: Service) {
  let after: string | null = null;

  async function page(first: number, after: string | null) {
    const { customer } = await execute(service, documents.WalletDocument, { first, after });
    if (!customer) throw new Error("the caller is no customer");
    return customer.paymentMethods;
  }

  return {
    async more(variables: { after?: string } = {}) {
      const { pageInfo } = await page(6, variables.after ?? after);
      after = pageInfo.endCursor;
      return pageInfo.hasNextPage;
    },
    shown: async () => (await page(50, null)).edges.map(({ node }) => ({ ...node, digits: lastDigits(node.details) })),
    reload: () => page(6, null),
    method: (id: string) => execute(service, documents.OneMethodDocument, { id }),
    async attach(input: { paymentMethodId: string; idempotencyKey?: string }) {
      return (await execute(service, documents.AttachDocument, { input })).attachPaymentMethod;
    },
    async detach(input: { paymentMethodId: string; unlessInUse?: boolean }) {
      return (await execute(service, documents.DetachDocument, { input })).detachPaymentMethod;
    },
    async setDefault(input: { paymentMethodId: string }) {
      return (await execute(service, documents.SetDefaultDocument, { input })).setDefaultPaymentMethod;
    },
    async beginToSave(input: { usage: documents.SetupIntentUsage }) {
      return (await execute(service, documents.BeginToSaveDocument, { input })).createSetupIntent;
    },
    async save(input: { setupIntentId: string; paymentMethodId: string; returnUrl: string }) {
      return (await execute(service, documents.SaveDocument, { input })).confirmSetupIntent;
    },
  };
}
