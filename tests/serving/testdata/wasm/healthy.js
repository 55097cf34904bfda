// A global counts the requests that this instance has seen.
let seen = 0;

exports.default = () => new Response(`seen ${++seen}`);
