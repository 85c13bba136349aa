// What the benchmark tells each peer by its environment, in the names that the service uses.
export const port = Number(process.env.PORT);
export const stripeBase = process.env.STRIPE_API_BASE;
export const stripeHeaders = {
  authorization: `Bearer ${process.env.STRIPE_SECRET_KEY}`,
  "stripe-version": process.env.STRIPE_API_VERSION,
};
export const authSecret = process.env.AUTH_SECRET;
