/**
 * The HTTP API, mounted at `/v1`. Every request carries `Authorization: Bearer <token>`.
 * Errors: `{code, message, detail?, requestId}` with the catalogue's status.
 * An answer below /apps/:app may carry `Paas-Notice` (URI-encoded): what this actor has not heard of the app; each is said once.
 *
 *   GET    /whoami                                  -> Whoami
 *   GET    /status                                  -> PlatformStatus
 *   GET    /doctor                                  -> DoctorReport: what is wrong with the platform
 *   POST   /doctor/fix                              -> DoctorReport: mends what is safe to mend, and looks again
 *   POST   /gc                      {dryRun?}       -> GarbageReport
 *   GET    /router                                  -> RouterView
 *   GET    /router/metrics                          -> MetricsView
 *   GET    /metrics                                 -> text for Prometheus
 *   POST   /router/reload                           -> RouterView (202); GET /router tells how it goes on
 *   GET    /apps                                    -> AppView[]
 *   POST   /apps                    CreateApp       -> AppView (201)
 *   GET    /apps/:app                               -> AppView
 *   DELETE /apps/:app?confirm=<app>                 -> 204
 *   GET    /apps/:app/config                        -> ConfigView (values in clear)
 *   PATCH  /apps/:app/config        ChangeConfig    -> ReleaseView (202, pending)
 *   GET    /apps/:app/build-config                  -> ConfigView of what builds get
 *   PATCH  /apps/:app/build-config  {changes}       -> ConfigView
 *   GET    /apps/:app/releases                      -> ReleaseView[] newest first, ?limit=
 *   GET    /apps/:app/releases/:version             -> ReleaseView
 *   GET    /apps/:app/releases/:version/follow      -> FollowLine NDJSON until the release is proven or failed
 *   GET    /apps/:app/releases/:version/output      -> ReleaseOutputLine NDJSON of its release command; follows one under way
 *   GET    /apps/:app/releases/:version/diff?to=&reveal=  -> ReleaseDiffView; with reveal=1 for who may read the config
 *   POST   /apps/:app/retry         Rollback        -> ReleaseView (202, pending)
 *   GET    /apps/:app/promotion?to=<app>            -> PromotionView
 *   POST   /apps/:app/promote       Promote         -> ReleaseView of the app named in it (202, pending)
 *   POST   /apps/:app/deploy-image  {image}         -> ReleaseView (202, pending)
 *   POST   /apps/:app/deploy-source?name=  a tar, gzipped or not  -> BuildView (202, queued); attach tells the rest
 *   POST   /apps/:app/rollback      Rollback        -> ReleaseView (202, pending)
 *   GET    /apps/:app/formation                     -> FormationView
 *   PATCH  /apps/:app/formation     Scale           -> FormationView (202)
 *   GET    /apps/:app/drain                         -> DrainView
 *   PATCH  /apps/:app/drain         ChangeDrain     -> DrainView
 *   GET    /apps/:app/bake                          -> BakeWindowView
 *   PATCH  /apps/:app/bake          ChangeBake      -> BakeWindowView
 *   POST   /apps/:app/restart       Restart         -> RestartView (202)
 *   POST   /apps/:app/stop          Stop            -> FormationView (202)
 *   GET    /apps/:app/settle?timeout=<s>            -> SettleLine NDJSON until all is as wanted
 *   GET    /apps/:app/limits                        -> LimitsView
 *   PATCH  /apps/:app/limits        LimitWish       -> LimitsView (202)
 *   GET    /apps/:app/instances                     -> InstanceView[]
 *   GET    /apps/:app/logs?n=&tail=&type=&instance=&source=  -> LogStreamLine NDJSON; with tail=1 until the client leaves
 *   GET    /apps/:app/domains                       -> DomainView[]
 *   POST   /apps/:app/domains       AddDomain       -> DomainView (201)
 *   DELETE /apps/:app/domains/:hostname             -> 204
 *   /certificates, /tls, as below an app           -> the same of the platform's own
 *   GET    /apps/:app/certificates                  -> CertificateView[] the one that ends first comes first
 *   POST   /apps/:app/certificates  AddCertificate  -> CertificateView (201)
 *   DELETE /apps/:app/certificates/:id              -> 204
 *   GET    /apps/:app/certificates/automatic        -> AutomaticView
 *   PATCH  /apps/:app/certificates/automatic  SetAutomatic  -> AutomaticView; on, where it is on already, tries at once what failed
 *   GET    /apps/:app/tls                           -> TlsPolicyView
 *   PATCH  /apps/:app/tls           ChangeTlsPolicy -> TlsPolicyView
 *   GET    /apps/:app/http                          -> HttpView
 *   PATCH  /apps/:app/http          ChangeHttp      -> HttpView; a null goes back to the default
 *   PATCH  /apps/:app/http/users    SetHttpUser     -> HttpView; a null takes the user away
 *   PATCH  /apps/:app/maintenance   {on}            -> HttpView
 *   GET    /apps/:app/builds                        -> BuildView[] newest first
 *   POST   /apps/:app/builds        {build?}        -> BuildView (202, queued): builds again what runs, or what that build was of
 *   GET    /apps/:app/builds/:id                    -> BuildView
 *   GET    /apps/:app/builds/:id/output             -> BuildStreamLine NDJSON; follows a build under way to its end
 *   GET    /apps/:app/builds/:id/attach             -> BuildStreamLine NDJSON: what the pusher reads, to its release's end
 *   POST   /apps/:app/builds/:id/cancel             -> BuildView
 *   GET    /apps/:app/build-settings                -> BuildSettingsView
 *   PATCH  /apps/:app/build-settings BuildSettings   -> BuildSettingsView
 *   GET    /apps/:app/buildpacks                    -> BuildpacksView
 *   PATCH  /apps/:app/buildpacks    ChangeBuildpacks -> BuildpacksView
 *   WS     /apps/:app/run  (upgrade)                -> see RunFrame
 *   GET    /apps/:app/runs?all=&limit=              -> RunView[] newest first: those under way, with all=1 also ended ones
 *   POST   /apps/:app/runs          DetachedRun     -> RunView (201); its output goes to the app's log
 *   DELETE /apps/:app/runs/:name                    -> 204 when it has ended
 *   GET    /apps/:app/cron                          -> CronView[] of the newest proven release
 *   POST   /apps/:app/cron/:number/run              -> RunView (201)
 *   GET    /tokens                                  -> TokenView[]
 *   POST   /tokens                  CreateToken     -> TokenView with `token` (201)
 *   DELETE /tokens/:id                              -> 204
 * and, with a build's own token: GET /internal/builds/:id/source -> application/x-tar, and /config -> ConfigView
 * Git: /git/<app>.git/... (smart HTTP, Basic auth, the password is an API token).
 * No auth: GET /health -> {ok: true, platform, version}.
 */
export { apiPrefix } from "./api-prefix";
export { runChannel } from "./run-frame";
export * from "./wire/app";
export * from "./wire/bake";
export * from "./wire/build";
export * from "./wire/build-settings";
export * from "./wire/buildpacks";
export * from "./wire/certificate";
export * from "./wire/config";
export * from "./wire/deploy-image";
export * from "./wire/formation";
export * from "./wire/garbage";
export * from "./wire/http";
export * from "./wire/instance";
export * from "./wire/metrics";
export { type ApiError, apiErrorSchema } from "./wire/parts";
export * from "./wire/platform";
export * from "./wire/release";
export * from "./wire/release-diff";
export * from "./wire/router";
export * from "./wire/run";
export * from "./wire/token";
