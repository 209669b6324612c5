import { parseGitRequest, tokenOf } from "../../../server/git/guard";

const basic = (text: string) => `Basic ${Buffer.from(text).toString("base64")}`;

test("the four requests of the smart protocol, with or without the mount's prefix", () => {
  expect(parseGitRequest("GET", "/git/shop.git/info/refs?service=git-upload-pack")).toEqual({
    appName: "shop",
    service: "upload-pack",
    step: "advertise",
  });
  expect(parseGitRequest("POST", "/shop.git/git-receive-pack")).toEqual({
    appName: "shop",
    service: "receive-pack",
    step: "exchange",
  });
});

test.each([
  ["GET", "/git/shop/info/refs?service=git-upload-pack"],
  ["GET", "/git/Shop.git/info/refs?service=git-upload-pack"],
  ["GET", "/git/git/shop.git/info/refs?service=git-upload-pack"],
  ["GET", "/git/shop.git/info/refs?service=git-upload-pack&x"],
  ["GET", "/git/shop.git/info%2frefs?service=git-upload-pack"],
  ["POST", "/git/../shop.git/git-receive-pack"],
  ["POST", "/git/shop.git/git-receive-pack#x"],
  ["POST", "http://host/git/shop.git/git-receive-pack"],
  ["", ""],
])("%s %s is nothing", (method, url) => {
  expect(parseGitRequest(method, url)).toBeNull();
});

test("the token is the password, with all its colons; the user name is ignored", () => {
  expect(tokenOf(basic("x:secret"))).toBe("secret");
  expect(tokenOf(basic(":a:b"))).toBe("a:b");
  expect(tokenOf(basic("x").replace("Basic", "basic"))).toBeNull();
  expect(tokenOf(undefined)).toBeNull();
  expect(tokenOf("Bearer secret")).toBeNull();
});
