// probot in node's own HTTP server, with a handler that does nothing and a log that writes nothing.
import { generateKeyPairSync } from "node:crypto";
import { createServer } from "node:http";
import { createNodeMiddleware, createProbot } from "probot";

const { PORT, WEBHOOK_PATH, WEBHOOK_SECRET } = process.env;
const { privateKey } = generateKeyPairSync("rsa", {
  modulusLength: 2048,
  privateKeyEncoding: { type: "pkcs1", format: "pem" },
  publicKeyEncoding: { type: "pkcs1", format: "pem" },
});
const probot = createProbot({
  overrides: { appId: 1, privateKey, secret: WEBHOOK_SECRET, logLevel: "silent" },
});
const app = (app) => {
  app.on("issues.opened", async () => {});
};
const middleware = await createNodeMiddleware(app, { probot, webhooksPath: WEBHOOK_PATH });
createServer((request, response) => {
  middleware(request, response, () => response.writeHead(404).end());
}).listen(Number(PORT), "127.0.0.1");
