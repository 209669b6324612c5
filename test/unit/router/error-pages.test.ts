import { errorPage, wishedForm } from "../../../router/error-pages";
import { type FaultName, faults } from "../../../router/fault";

test.each([
  ["", "plain"],
  ["*/*", "plain"],
  ["text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", "html"],
  ["application/json", "json"],
  ["application/problem+json", "json"],
  ["application/json, text/plain, */*", "json"],
  ["application/json;q=0.5, text/html", "html"],
  ["text/html;q=0, application/json;q=0.1", "json"],
  ["text/plain, application/json", "plain"],
  ["image/png", "plain"],
  ["text/html;q=high", "plain"],
])("who accepts %j gets %s", (accept, form) => expect(wishedForm(accept)).toBe(form));

test.each(Object.keys(faults) as FaultName[])(
  "%s has a page in each form, with code and request id",
  (fault) => {
    const { code, status } = faults[fault];
    const page = (accept: string) => errorPage(fault, { accept, requestId: "request-1" });
    for (const accept of ["text/html", "text/plain", "application/json"]) {
      const { body, headers } = page(accept);
      expect(headers["Content-Type"]).toContain(accept);
      expect(headers["Content-Length"]).toBe(String(Buffer.byteLength(body)));
      expect(body).toContain("request-1");
      if (code !== null) expect(body).toContain(code);
    }
    expect(JSON.parse(page("application/json").body)).toMatchObject({ code, status, requestId: "request-1" });
  },
);
