// A worker that covers a picture at each place in turn, and asks the network each time.
// Takes { buffer } with the network's file, then { id, picture, size, fill }, and tells for
// each row of places { id, shares }: for each place the probabilities of all classes. It turns
// to the latest message, so that any other one with an id ends what it is at.
import { covered } from "./cover.js";
import { Net } from "./net.js";

let net;
let latest;
const others = () => new Promise((done) => setTimeout(done));

onmessage = async ({ data: { buffer, id, picture, size, fill } }) => {
  if (buffer) net = new Net(buffer);
  latest = id;
  if (!picture) return;
  const [down, across] = [0, 1].map((axis) => picture.shape[axis] - size + 1);
  for (let top = 0; top < down && latest === id; top++) {
    const shares = Array.from({ length: across }, (_, left) =>
      net.probabilities(covered(picture, { top, left, size, fill })),
    );
    postMessage({ id, shares });
    await others();
  }
};
