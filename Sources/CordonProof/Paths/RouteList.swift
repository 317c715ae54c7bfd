import CordonModel

/// Every route, path by path.
enum RouteList {
  static let all: [any Route] =
    browser + crossAccount + packages + notebooks + models + tunnel
    + EgressPath.allCases.map { UnmodelledRoute(path: $0) }

  private static let browser: [any Route] = [
    PortalSettingRoute(
      "portal-download", .browserDownload, "DownloadAllowed",
      title: "a file is downloaded through the remote browser",
      deed: "downloads a file to his own machine",
      keys: "sleep 5; xdotool key ctrl+s Return; sleep 5; ls -t ~/Downloads"),
    PortalBypassRoute(),
    PortalSettingRoute(
      "portal-copy", .clipboardPrint, "CopyAllowed", title: "text is copied out of the remote browser",
      deed: "copies what the tab shows to his own machine's clipboard",
      keys: "sleep 5; xdotool key ctrl+a ctrl+c; sleep 1; xclip -o -selection clipboard > data.csv"),
    PortalSettingRoute(
      "portal-print", .clipboardPrint, "PrintAllowed", title: "a page is printed on the user's side",
      deed: "prints what the tab shows", keys: "sleep 5; xdotool key ctrl+p; sleep 5; xdotool key Return"),
    PortalSettingRoute(
      "portal-paste", .clipboardPrint, "PasteAllowed", title: "text is pasted into the remote browser",
      deed: "pastes a script that encodes the data as an image to photograph",
      keys: "xclip -i -selection clipboard < encode.py; sleep 5; xdotool key ctrl+v"),
    PortalAddressRoute(), SignInRoute(),
    PortalSettingRoute(
      "portal-upload", .externalUpload, "UploadAllowed",
      title: "a file is uploaded through the remote browser",
      deed: "uploads tools and credentials of his own into the session",
      keys: "sleep 5; xdotool key ctrl+o; xdotool type ~/tools.zip; xdotool key Return"),
  ]

  private static let crossAccount: [any Route] = [
    ForeignCredentialsRoute(), ForeignResourceRoute(), ForeignDeliveryRoute(), EndpointWithoutPolicyRoute(),
    OutsideReadRoute(),
    BucketCopiesRoute(), ResourcePolicyRoute(), RoleTrustRoute(), PassedRoleRoute(), ServiceMadeCallRoute(),
    ServiceDestinationRoute(), QueryResultsRoute(), FunctionCallRoute(), PolicyChangeRoute(),
    CatalogRoute(), BreakGlassRoute(),
  ]

  private static let packages: [any Route] = [
    PackagePublishRoute(), PackageSourceRoute(), StartScriptRoute(), GitRoute(),
  ]

  private static let notebooks: [any Route] = [
    NotebookSharingRoute(), PresignedURLRoute(), RemoteEditorRoute(),
  ]

  private static let models: [any Route] = [
    IsolationRoute(), ModelOutputRoute(), ServiceJobRoute(), ImageExportRoute(), ModelRegistryRoute(),
  ]

  private static let tunnel: [any Route] = [
    NameFirewallRoute(), OtherResolverRoute(), InternetRoute(), DirectInternetRoute(),
    StartedWorkspaceRoute(),
    NetworkFirewallRoute(), PrivateLinkRoute(), LatticeRoute(), ServiceShellRoute(), NetworkChangeRoute(),
  ]
}
