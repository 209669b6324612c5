// The command `node dist/builder/stack-images.js`: set-up scripts know it under this name.
import "./stack/main";
