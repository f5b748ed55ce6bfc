// Chance that can be repeated.

/** A function that gives numbers from 0 to below 1, the same ones for the same whole seed. */
export const random = (seed) => {
  let bits = Math.imul(seed + 1, 0x9e3779b1) || 1;
  const next = () => {
    bits ^= bits << 13;
    bits ^= bits >>> 17;
    bits ^= bits << 5;
    return (bits >>> 0) / 2 ** 32;
  };
  // The first ones of neighbouring seeds are alike.
  for (let i = 0; i < 8; i++) next();
  return next;
};
