// Authentication: verifies the bearer token of each request. Without a secret, all requests are accepted.
import { createSecretKey } from "node:crypto";
import { GraphQLError } from "graphql";
import { jwtVerify } from "jose";
import { authSecret } from "./settings.js";

const key = authSecret && createSecretKey(Buffer.from(authSecret));
const claims = { issuer: "attache", audience: "attache", algorithms: ["HS256"], requiredClaims: ["exp"] };

/** Returns the token's subject, or null if no secret is set. Throws a GraphQLError for an invalid token. */
export const caller = async (authorization) => {
  if (!key) return null;
  try {
    const { payload } = await jwtVerify(authorization.slice("Bearer ".length), key, claims);
    if (payload.scope?.split(" ").includes("attache:service")) return payload.sub;
  } catch {
    // The response does not say why a token is invalid.
  }
  throw new GraphQLError("The token is not accepted.", { extensions: { code: "UNAUTHENTICATED", http: { status: 401 } } });
};
