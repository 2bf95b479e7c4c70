// @octokit/webhooks in node's own HTTP server, with a handler that does nothing and a log that writes nothing.
import { createServer } from "node:http";
import { createNodeMiddleware, Webhooks } from "@octokit/webhooks";

const { PORT, WEBHOOK_PATH, WEBHOOK_SECRET } = process.env;
const nothing = () => {};
const log = { debug: nothing, info: nothing, warn: nothing, error: nothing };
const webhooks = new Webhooks({ secret: WEBHOOK_SECRET, log });
webhooks.on("issues.opened", nothing);
createServer(createNodeMiddleware(webhooks, { path: WEBHOOK_PATH, log })).listen(Number(PORT), "127.0.0.1");
