module.exports = {
  uiPort: process.env.PORT,
  flowFile: "flows.json",
  editorTheme: { page: { title: "My Node-RED" } },
};
