// Never learns that its client is gone.
exports.default = () => {
  for (;;) Process.receive();
};
