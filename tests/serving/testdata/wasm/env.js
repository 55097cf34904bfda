// Answers with the variables that it can see.
exports.default = () => Response.json({ ...process.env });
