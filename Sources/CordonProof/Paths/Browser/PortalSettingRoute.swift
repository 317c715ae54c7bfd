import CordonModel

/// A way across the remote browser that a portal's user settings open or close.
struct PortalSettingRoute: Route {
  let name: String
  let path: EgressPath
  let title: String
  /// The property, and what is done where it is Enabled.
  let property: String
  let deed: String
  /// The line that does it, on the machine in front of which the portal's window stands.
  let keys: String
  let documentation: RouteDocumentation

  init(_ name: String, _ path: EgressPath, _ property: String, title: String, deed: String, keys: String) {
    self.name = name
    self.path = path
    self.property = property
    self.title = title
    self.deed = deed
    self.keys = keys
    documentation = RouteDocumentation(
      """
      A session of the remote browser shows pixels and takes keys and mouse. The portal's user settings may let more across: \
      \(property) is one of them. Settings count only where a portal attaches them.
      """,
      closedBy: ["\(property) Disabled in the user settings that every portal attaches"],
      notClosedBy: [
        "user settings that no portal attaches", "download restrictions in the browser's policy",
        "hiding the button in Jupyter: whoever runs code needs no button",
      ], alone: "the portal's user settings alone decide what crosses a session")
  }

  func judge(_ scene: Scene) -> Judgement {
    scene.portals { portal in
      [
        scene.attached(
          "UserSettingsArn", "AWS::WorkSpacesWeb::UserSettings", to: portal,
          missing: {
            witness(
              portal, "UserSettingsArn", "The portal attaches no user settings, so nothing of them holds.",
              fix: "attach user settings to \(portal.id)")
          }
        ) { door($0, portal, scene.estate) }
      ]
    }
  }

  private func door(_ settings: CloudResource, _ portal: CloudResource, _ estate: CloudEstate) -> Door {
    let name = "\(portal.id)"
    switch estate.text(settings, property) {
    case .known("Disabled"):
      return .closed(
        name, HeldControl(settings, layer: "portal user settings", property: [property]),
        HeldControl(portal, layer: "settings attached", property: ["UserSettingsArn"]))
    case .unknown(let parts): return .unknown(name, parts, settings)
    case .known, .absent:
      return .open(
        name,
        witness(
          settings, property, "\(property) is on in the settings of portal \(portal.id).",
          fix: "set \(property) to Disabled"))
    }
  }

  private func witness(_ resource: CloudResource, _ property: String, _ why: String, fix: String)
    -> RouteWitness
  {
    RouteWitness(
      keys, by: .session, story: "Somebody in a session of the portal \(deed). \(why)",
      fix: fix,
      at: resource, property)
  }
}
