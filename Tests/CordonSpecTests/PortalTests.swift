import CordonModel
import CordonSpec
import Testing

@Suite struct `The portal in a spec` {
  @Test func `left out there is none, and empty it is local on loopback`() throws {
    #expect(try Samples.environment("").portal == nil)
    let portal = try #require(try Samples.environment("portal: {}\n").portal)
    #expect(portal.origin == "https://127.0.0.1:8443")
    #expect(portal.listener.address.description == "127.0.0.1")
    #expect(portal.signIn == .local)
    #expect(portal.from == [])
    #expect((portal.idle, portal.longest) == (1_800, 43_200))
  }

  @Test func `every key is read`() throws {
    let environment = try Samples.environment(
      """
      people: [{ name: ann, roles: [auditor], subject: ann@allowed.test }]
      portal:
        listen: "[::]:443"
        address: https://portal.allowed.test:443
        from: [192.0.2.0/24, "2001:db8::/32"]
        session: { idle: 5m, longest: 1h }
        signIn:
          oidc:
            issuer: https://login.allowed.test/tenant
            hosts: [keys.allowed.test:8443]
            client: cordon
            secretFile: oidc.secret
            authorityFile: /etc/login.pem
            claim: email
            groupsClaim: teams
            groups: { data-scientist: ml, auditor: audit }

      """)
    let portal = try #require(environment.portal)
    #expect(portal.origin == "https://portal.allowed.test")
    #expect(portal.listener.port == 443)
    #expect(portal.from.map(\.description) == ["192.0.2.0/24", "2001:db8::/32"])
    #expect((portal.idle, portal.longest) == (300, 3_600))
    #expect(
      portal.signIn
        == .provider(
          ProviderRules(
            issuer: "https://login.allowed.test/tenant", hosts: ["keys.allowed.test:8443"], client: "cordon",
            secretFile: "/spec/oidc.secret", authorityFile: "/etc/login.pem", claim: "email",
            groupsClaim: "teams",
            groups: [.dataScientist: "ml", .auditor: "audit"])))
    #expect(environment.people.first?.subject == "ann@allowed.test")
  }

  @Test(arguments: [
    "portal: { listen: 8443 }", "portal: { listen: portal.allowed.test:8443 }",
    "portal: { listen: 127.0.0.1:0 }",
    "portal: { listen: 127.0.0.1:65536 }", "portal: { listen: \"::1:8443\" }",
    "portal: { listen: 0.0.0.0:8443 }",
    "portal: { address: http://portal.allowed.test }", "portal: { address: https://portal.allowed.test/ }",
    "portal: { address: https://a@portal.allowed.test }", "portal: { address: https:// }",
    "portal: { signIn: none }",
    "portal: { signIn: {} }", "portal: { signIn: { oidc: { client: c } } }",
    "portal: { signIn: { oidc: { issuer: https://login.allowed.test } } }",
    "portal: { signIn: { oidc: { issuer: http://login.allowed.test, client: c } } }",
    "portal: { signIn: { oidc: { issuer: \"https://login.allowed.test?x\", client: c } } }",
    "portal: { signIn: { oidc: { issuer: https://login.allowed.test, client: c, secret: x } } }",
    "portal: { signIn: { oidc: { issuer: https://login.allowed.test, client: c, groups: { boss: x } } } }",
    "portal: { from: [192.0.2.1/24] }", "portal: { from: 192.0.2.0/24 }",
    "portal: { session: { idle: 2h, longest: 1h } }", "portal: { session: { idle: 30s } }",
    "people: [{ name: a, roles: [auditor], subject: x }, { name: b, roles: [auditor], subject: x }]",
    "people: [{ name: a, roles: [auditor] }, { name: b, roles: [auditor], subject: a }]",
    "people: [{ name: a, roles: [auditor], subject: b }, { name: b, roles: [auditor] }]",
    "people: [{ name: a, roles: [auditor], subject: \"\" }]",
  ])
  func `one mistake is one message`(line: String) {
    #expect(Samples.mistakes(line + "\n").count == 1)
  }
}
