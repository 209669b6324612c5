import type Docker from "dockerode";
import { labels } from "../../../core/image";
import { instanceLabel, type Labels, readInstanceLabels } from "../../../server/engines/labels";
import type { Ledger } from "../ledger";

interface Row {
  id: string;
  appId: string;
  releaseId: string;
  specHash: string;
  address: string;
}

/** What the engine holds of the platform, against what the ledger says of a platform at rest; in words. */
export async function engineBreaches(docker: Docker, platformId: string, ledger: Ledger): Promise<string[]> {
  const filters = { label: [`${labels.platform}=${platformId}`] };
  const [containers, networks, images] = await Promise.all([
    docker.listContainers({ all: true, filters }),
    docker.listNetworks({ filters }),
    docker.listImages({ filters }),
  ]);
  const apps = await ids(ledger, "select id from apps");
  const instances = containers.filter(isOf("instance"));
  const others = containers.filter((one) => !isOf("instance")(one) && !isOf("run")(one));
  return [
    ...instanceBreaches(instances.map(seen), await rowsOf(ledger)),
    ...differences("one-off", containers.filter(isOf("run")).map(nameOf), await openRuns(ledger)),
    ...others.map(({ Names }) => `nobody's container ${Names[0]}`),
    ...duplicates(networks.map(({ Labels }) => Labels?.[labels.app] ?? "?")).map(
      (id) => `two networks of ${id}`,
    ),
    ...[...networks, ...images]
      .map(({ Labels }) => Labels?.[labels.app] ?? "none")
      .filter((appId) => !apps.includes(appId))
      .map((appId) => `a network or image of ${appId}, which is no app`),
    ...(await missingImages(docker, ledger)),
  ];
}

interface Seen {
  labels: Labels;
  state: string;
  address: string;
}

type Listed = Docker.ContainerInfo;
const isOf = (kind: string) => (one: Listed) => one.Labels[labels.kind] === kind;
const nameOf = ({ Labels }: Listed): string => Labels[instanceLabel] ?? "?";

const seen = ({ Labels, State, NetworkSettings }: Listed): Seen => ({
  labels: Labels,
  state: State,
  address: Object.values(NetworkSettings.Networks)[0]?.IPAddress ?? "",
});

/** Each container runs, belongs to one row, is labelled as that row says, and has its address; each row has a container. */
function instanceBreaches(containers: Seen[], rows: Row[]): string[] {
  const shown = containers.map(({ labels, state, address }) => {
    const { id, appId, releaseId, specHash } = readInstanceLabels(labels);
    return `${id} ${state} of ${appId} ${releaseId} ${specHash} at ${address}`;
  });
  const wanted = rows.map(
    ({ id, appId, releaseId, specHash, address }) =>
      `${id} running of ${appId} ${releaseId} ${specHash} at ${address}`,
  );
  return differences("instance", shown, wanted);
}

function differences(what: string, shown: string[], wanted: string[]): string[] {
  return [
    ...duplicates(shown).map((one) => `two containers of ${what} ${one}`),
    ...shown.filter((one) => !wanted.includes(one)).map((one) => `the ledger knows no ${what} ${one}`),
    ...wanted.filter((one) => !shown.includes(one)).map((one) => `the engine has no ${what} ${one}`),
  ];
}

const duplicates = (texts: string[]): string[] =>
  texts.filter((text, index) => texts.indexOf(text) !== index);

const rowsOf = (ledger: Ledger): Promise<Row[]> =>
  ledger.query<Row>(
    `select id, app_id as "appId", release_id as "releaseId", spec_hash as "specHash", address from instances where removed_at is null`,
  );

const openRuns = (ledger: Ledger): Promise<string[]> =>
  ids(ledger, "select id from runs where ended_at is null");

async function ids(ledger: Ledger, statement: string): Promise<string[]> {
  return (await ledger.query<{ id: string }>(statement)).map(({ id }) => id);
}

/** A release that a restart, or the default rollback, would start must have its image. */
async function missingImages(docker: Docker, ledger: Ledger): Promise<string[]> {
  const refs = await ids(
    ledger,
    `select distinct image->>'id' as id from (select image, row_number() over (partition by app_id order by version desc) as age
     from release_now where state = 'proven' and image is not null) r where age <= 2`,
  );
  const there = await Promise.all(
    refs.map((ref) =>
      docker
        .getImage(ref)
        .inspect()
        .then(
          () => [],
          (error: unknown) => [`image ${ref} of a release cannot be looked at: ${String(error)}`],
        ),
    ),
  );
  return there.flat();
}
