const { request } = require("node:http");

/**
 * Fetches a page by the router's address, naming the host in the request: Node does not resolve *.localhost.
 * @param {URL} url
 * @param {string} [bind]  the address the router listens on
 * @returns {Promise<{ status: number, body: string }>}
 */
function fetchThroughRouter(url, bind = "127.0.0.1") {
  const host = bind === "0.0.0.0" ? "127.0.0.1" : bind === "::" ? "::1" : bind;
  return new Promise((resolve, reject) => {
    const asked = request(
      { host, port: url.port || 80, path: url.pathname, headers: { host: url.host } },
      (response) => {
        let body = "";
        response.setEncoding("utf8");
        response.on("data", (text) => {
          body += text;
        });
        response.on("error", reject);
        response.on("end", () => resolve({ status: response.statusCode ?? 0, body }));
      },
    );
    asked.on("error", reject);
    asked.end();
  });
}

module.exports = { fetchThroughRouter };
