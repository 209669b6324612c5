import { python } from "../../../buildpacks/python/python";
import { pep440Range } from "../../../buildpacks/python/versions";
import { planned } from "../../support/runtimes";
import { sourceOf } from "../../support/source-view";

const commands = (files: Record<string, string>): string[] =>
  planned(python, sourceOf(files)).stages.flatMap(({ steps }) =>
    steps.flatMap((step) => (step.do === "run" && !step.command.includes("apt-get") ? [step.command] : [])),
  );
const web = (files: Record<string, string>) => planned(python, sourceOf(files)).defaultProcesses.web?.command;

it.each([
  [">=3.9,<4", ">=3.9.0 <4.0.0"],
  ["~=3.11", ">=3.11 <4"],
  ["~=3.11.2", ">=3.11.2 <3.12"],
  ["==3.11.*", "3.11.x"],
  ["==3.11.4", "=3.11.4"],
  [">=3.8, !=3.9.1", ">=3.8.0"],
  ["three", null],
])("reads %s as %s", (text, range) => expect(pep440Range(text)).toBe(range));

it.each([
  [{ ".python-version": "# ours\n3.12\n" }, '.python-version "3.12"', "python:3.12-slim-bookworm"],
  [{ "runtime.txt": "python-3.10.4\n" }, "runtime.txt", "python:3.10.4-slim-bookworm"],
  [
    { "pyproject.toml": '[project]\nrequires-python = ">=3.9,<3.13"' },
    "requires-python",
    "python:3.12-slim-bookworm",
  ],
  [
    { "pyproject.toml": '[tool.poetry.dependencies]\npython = "^3.9,<3.12"', "poetry.lock": "" },
    "pyproject.toml: python",
    "python:3.11-slim-bookworm",
  ],
  [{ Pipfile: '[requires]\npython_version = "3.9"' }, 'Pipfile "3.9"', "python:3.9-slim-bookworm"],
])("takes the version from %j", (files, reason, image) => {
  const wish = python.wants(sourceOf({ "main.py": "", ...files } as Record<string, string>), []);
  expect(wish).toMatchObject({
    reason: expect.stringContaining(reason),
    offers: expect.arrayContaining([expect.objectContaining({ from: { image } })]),
  });
});

it("installs with uv, poetry, pipenv or pip, by the lock file", () => {
  const pyproject = '[project]\nname = "a"\ndependencies = ["flask>=2"]';
  const main = { "main.py": "" };
  expect(commands({ ...main, "pyproject.toml": pyproject, "uv.lock": "" }).at(-1)).toMatch(
    /uv sync --locked --no-dev/,
  );
  expect(commands({ ...main, "pyproject.toml": "[tool.poetry]", "poetry.lock": "" }).at(-1)).toMatch(
    /poetry install --only main --no-root/,
  );
  expect(commands({ ...main, Pipfile: "", "Pipfile.lock": "{}" }).at(-1)).toMatch(
    /pipenv install --deploy &&/,
  );
  expect(commands({ ...main, Pipfile: "" }).at(-1)).toMatch(/pipenv install --skip-lock &&/);
  expect(commands({ ...main, "requirements.txt": "flask" }).at(-1)).toMatch(
    /pip .* install --no-compile -r requirements\.txt &&/,
  );
  expect(
    commands({ ...main, "pyproject.toml": `${pyproject}\n[build-system]\nrequires = []` }).at(-1),
  ).toMatch(/install --no-compile \. &&/);
});

it("installs a mere list of dependencies without building a package", () => {
  const source = sourceOf({
    "main.py": "",
    "pyproject.toml": '[project]\nname = "a"\ndependencies = ["flask>=2", "x; python_version<\'4\'"]',
  });
  const steps = planned(python, source).stages.flatMap((stage) => stage.steps);
  expect(steps).toContainEqual({
    do: "file",
    path: "/tmp/dependencies.txt",
    text: "flask>=2\nx; python_version<'4'\n",
  });
});

it("collects Django's static files and serves it with gunicorn", () => {
  const files = { "manage.py": "", "shop/wsgi.py": "", "requirements.txt": "Django==5\ngunicorn\npsycopg2" };
  expect(commands(files).at(-1)).toMatch(/manage\.py collectstatic --noinput/);
  expect(web(files)).toBe("gunicorn --bind 0.0.0.0:$PORT shop.wsgi:application");
});

it.each([
  [
    { "requirements.txt": "fastapi\nuvicorn", "main.py": "api = FastAPI()" },
    "uvicorn --host 0.0.0.0 --port $PORT main:api",
  ],
  [
    { "requirements.txt": "flask\ngunicorn", "app.py": "app = Flask(__name__)" },
    "gunicorn --bind 0.0.0.0:$PORT app:app",
  ],
  [{ "requirements.txt": "", "server.py": "" }, "python server.py"],
])("starts %j with %s", (files, command) => expect(web(files as Record<string, string>)).toBe(command));

it("refuses a version nobody can read", () => {
  const source = sourceOf({ "pyproject.toml": '[tool.poetry.dependencies]\npython = "three"' });
  expect(() => python.wants(source, [])).toThrow(/"three" is not a version/);
});
