/** Where things lie under the data directory; the one place that names them. */
export function dataPaths(dataDir: string) {
  return {
    platformId: `${dataDir}/platform-id`,
    secretKey: `${dataDir}/secret.key`,
    adminToken: `${dataDir}/admin.token`,
    databaseUrl: `${dataDir}/run/database-url`,
    redisUrl: `${dataDir}/run/redis-url`,
    repositories: `${dataDir}/repositories`,
    sources: `${dataDir}/sources`,
    /** Output of builds that are over, one file a build. */
    buildOutput: `${dataDir}/build-output`,
    appLogs: `${dataDir}/app-logs`,
    /** Operator logs of the roles, one file a role. */
    roleLogs: `${dataDir}/logs`,
    routerTable: `${dataDir}/router/table.jsonl`,
    /** Which process the router is. */
    routerProcess: `${dataDir}/router/process.json`,
    /** Sealed certificates, one file each, and the key of today's TLS session tickets. */
    routerCertificates: `${dataDir}/router/certificates`,
    routerTickets: `${dataDir}/router/tickets`,
    /** Where the router of this machine is asked, and told, by HTTP. */
    routerSocket: `${dataDir}/run/router.sock`,
    /** What the builder knows of tools' versions, and sources of builds under way. */
    builder: `${dataDir}/builder`,
    /** Buildpacks that an operator has put there. */
    buildpacks: `${dataDir}/buildpacks`,
    /** Takes up space that the databases get when the disk is full. */
    ballast: `${dataDir}/ballast`,
    run: `${dataDir}/run`,
  };
}
