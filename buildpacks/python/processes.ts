import type { SourceView } from "../buildpack";
import type { PythonProject } from "./project";

const port = "--port $PORT";
const scripts = ["main.py", "app.py", "server.py"];
const modules = ["asgi.py", "wsgi.py", "app.py", "main.py", "server.py"];

/** Django's own script lies at the root. */
export const isDjango = ({ names }: SourceView): boolean => names.has("manage.py");

/** What starts the app when nobody says it; null when nothing is known to. */
export function webCommand(source: SourceView, { dependencies }: PythonProject): string | null {
  const servesAsgi = dependencies.has("uvicorn") || dependencies.has("fastapi");
  const servesWsgi = dependencies.has("gunicorn");
  if (isDjango(source)) {
    const wsgi = djangoModule(source, "wsgi");
    const asgi = djangoModule(source, "asgi");
    if (servesWsgi && wsgi) return gunicorn(`${wsgi}:application`);
    if (servesAsgi && asgi) return uvicorn(`${asgi}:application`);
    return null;
  }
  const app = application(source);
  if (app?.asgi && servesAsgi) return uvicorn(app.place);
  if (app && servesWsgi) return gunicorn(app.place);
  const script = scripts.find((name) => source.files.has(name));
  return script === undefined ? null : `python ${script}`;
}

// Workers come from WEB_CONCURRENCY, which both read themselves.
const gunicorn = (place: string): string => `gunicorn --bind 0.0.0.0:$PORT ${place}`;
const uvicorn = (place: string): string => `uvicorn --host 0.0.0.0 ${port} ${place}`;

function djangoModule({ files }: SourceView, kind: "wsgi" | "asgi"): string | null {
  const found = [...files].filter((path) => new RegExp(`^[\\w]+/(?:\\w+/)?${kind}\\.py$`).test(path)).sort();
  return found[0]?.slice(0, -".py".length).replaceAll("/", ".") ?? null;
}

/** The object that a server serves: `app = Flask(...)`, `application = ...`. */
function application({ texts }: SourceView): { place: string; asgi: boolean } | null {
  for (const file of modules) {
    const [, name, maker] =
      /^(app|application|api|server)\s*(?::[^=\n]+)?=\s*([\w.]+)/m.exec(texts.get(file) ?? "") ?? [];
    if (name === undefined) continue;
    const asgi = file === "asgi.py" || /FastAPI|Starlette|Litestar|Quart|Sanic/.test(maker ?? "");
    return { place: `${file.slice(0, -".py".length)}:${name}`, asgi };
  }
  return null;
}
