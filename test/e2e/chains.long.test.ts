import { testEachApp } from "../support/expected-app";

testEachApp("chains");
