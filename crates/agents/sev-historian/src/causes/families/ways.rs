//! What leads from one to another, and who may go there.

use super::Family;

pub(super) const FAMILIES: &[Family] = &[
    (
        "certificate",
        "a certificate",
        "certificate, x509, ssl_error, pkix path building, handshake, renewal job certificate, certificate \
         expired, expired certificate, certificate renewal failed, certificate invalid, certificate not trusted, \
         handshake failed certificate, certificate lapsed, certificate not renewed, certificate rotation, acme \
         renewal, letsencrypt renewal, intermediate certificate, root ca expired, ca expired, certificate chain, \
         unknown authority, certificate past validity, certbot, tls certificate, mtls, keystore, truststore, \
         cert-manager, not after, intermediate missing, chain incomplete, self signed, ocsp, crl, sni, tls \
         handshake error, private key mismatch, wrong common name, hostname mismatch certificate, crypto \
         certificate, expiry of certificate, old certificate, renewed certificate, certificate was not reloaded, \
         still presented old certificate, not reload certificate, expired on certificate, certificate ran out, \
         valid until, certificate unknown, trust store, ca bundle, pinned certificate, handshake error",
    ),
    (
        "dns",
        "DNS",
        "dns, nameserver, temporary failure in name resolution, getaddrinfo, enotfound, eai_again, cname, name \
         lookups, zone transfer, dns failure, dns resolution, dns outage, could not resolve, name resolution, no \
         such host, nxdomain, servfail, dns record, dns misconfiguration, zone file, dns lookups failed, resolver \
         failure, ndots, dns timeout, dnssec, dns propagation, dns server down, coredns, unresolvable host, wrong \
         dns record, hostname lookup, name not resolve, glue record, authoritative, search domain, soa, serial \
         number zone, delegation, mx record, a record, resolv.conf, unbound, dnsmasq, negative cache, record \
         deleted, record pointed, wrong address record, internal names, names resolved, lookups failed, hostname \
         resolved, hostname not resolved, cannot resolve, could not find host, unknown host, \
         unknownhostexception, resolve name, resolves to wrong address, stopped resolving, name servers, lookup \
         took seconds, lookup of names, lookups of names, domain pointed, ttl of record, cluster-dns, five \
         seconds lookup",
    ),
    (
        "network",
        "the network",
        "packets, mtu, bgp, link down, uplink, i/o timeout, no route to host, packet loss, network partition, \
         network outage, link flapping, fiber cut, fibre cut, cable cut, route leak, routing loop, routing table, \
         network congestion, switch misconfiguration, vlan, spanning tree, broadcast storm, network unreachable, \
         peering, connectivity lost, isp outage, network split, vpn tunnel down, conntrack full, firewall rule, \
         nat gateway, ip conflict, route withdrawn, dropped packets, uplink saturated, fragmentation, fragments, \
         packet size, jumbo frames, path mtu, retransmissions, submarine cable, excavator, patch cable, \
         transceiver, trunk port, duplex, asymmetric routing, bandwidth exhausted, dhcp, multicast, large \
         packets, big packets, bigger packets dropped, small packets pass, ping works, transfers stall, tunnel \
         overhead, vxlan, wireguard, ipsec, gre, icmp blocked, fragmentation needed, mss, mss clamping, 1500, \
         9000, 1450, black hole, stalled transfers, lossy link, crc errors, dark fibre",
    ),
    (
        "network-policy",
        "a rule of the network",
        "network policy, firewall rule blocked, security group, egress blocked, acl blocked, traffic denied by \
         policy, ingress rule denied, port blocked, iptables rules, deny all, default deny, egress rule, \
         networkpolicy, ports closed, blocked by firewall, cilium policy, calico policy, allow list, allowlist, \
         ip range not allowed, firewall blocked, security groups",
    ),
    (
        "load-balancer",
        "a load balancer",
        "load balancer, haproxy, ingress, load balancer misconfigured, load balancer health, removed from load \
         balancer, sticky sessions, target group, backend removed, unbalanced traffic, no healthy backends, load \
         balancer failure, no healthy upstream, ingress controller, nginx reload, envoy, traefik, metallb, \
         keepalive, virtual ip, backend pool, health checks of balancer, drain of backend, session affinity, one \
         backend, idle timeout, keep alive, connection draining, round robin, upstreams, catch all route, one \
         dead backend, dead backend, backend still in rotation, out of rotation, taken out of rotation, in \
         rotation",
    ),
    (
        "routing",
        "a route of requests",
        "misrouted, route, redirect loop, proxy, wrong backend, misrouted traffic, routing rule, wrong port, \
         wrong target port, selector mismatch, no endpoints, wrong upstream, path prefix, service mesh, sidecar, \
         wrong selector, ingress rule, host header, proxy configuration, virtual service, misroute, url rewrite, \
         catch-all, rewrite rule, regex of route, wrong host, wrong path, redirect, redirects, canonical host, \
         trailing slash, istio, linkerd, upstream address, route order, precedence of rules, cors, header missing",
    ),
    (
        "upstream",
        "somebody else's outage",
        "provider outage, third party, vendor, status page of provider, third party outage, upstream outage, \
         vendor outage, cloud provider, aws outage, provider degraded, external dependency, external api, \
         upstream provider, dependency failure, vendor api, partner api, hosting provider, cdn outage, upstream \
         dependency failed, isp, s3 outage, provider incident, google cloud incident, payment provider down, \
         saas, us-east-1 outage, registry outage, docker hub, provider failure, failure of provider, our \
         provider, only provider, second provider, their status page, carrier, carriers, on their side, supplier, \
         somebody else outage, waited for provider, provider reported, provider fixed, provider confirmed, \
         identity service of, outage of third party, outside service, external service, partner outage, payment \
         provider, sms provider, hosting company, telecom, azure outage, cloudflare outage, github outage, \
         upstream registry, company that runs, external provider down, provider was down, nothing on our side, \
         not our fault, their outage, their incident, could only wait, wait for them, outage at provider, outage \
         of provider, outage of supplier, service provider, acquirer, psp, sms gateway, card processor, partner was down, partner down, fallback supplier, no second supplier, data center of provider",
    ),
    (
        "security",
        "an attack",
        "ddos, attack, attacker, breach, security breach, denial of service, compromised, credential stuffing, \
         unauthorized access, vulnerability, exploit, leaked credentials, ransomware, malicious, botnet, brute \
         force, scraping bots, abuse, phishing, syn flood, intrusion, crypto miner, flood, flooded, crawler, \
         crawlers, scraper, scrapers, captcha, half open, spoofed, scrubbing, extortion, spam, login attempts, \
         password guessing, layer 7, malware, stolen, amplification attack, junk traffic, blocked networks at \
         edge, abusive clients, bots hammered, bot traffic, scraping, scraped, login flood, password spraying, \
         attack on, attacked, packets per second",
    ),
    (
        "credentials",
        "credentials",
        "password, rotated secret, credential, credentials expired, password expired, token expired, secret \
         rotated, rotated credentials, invalid credentials, wrong password, password rotation, key expired, \
         authentication failed, access denied for user, api key revoked, password authentication failed, service \
         account key, secret rotation, stale password, revoked token, expired token, login rejected, signing key \
         rotated, jwt key, credential rotation, old password, bind account, service account password, login of \
         service, access key, deploy key, expired key, secret changed, shared password, ssh key, account locked, \
         locked out, renewed token, keytab, ticket expired, signing key, jwks, oauth, client secret, api token, \
         session secret, ldap bind, password was rotated, secret was rotated, old password still, not picked up \
         new secret, new secret not loaded, wrong key, key was deleted, key revoked, expired secret, secret \
         expired, login failed for user, invalid token, unauthorized token",
    ),
    (
        "permissions",
        "permissions",
        "permission, access denied, iam, permission denied, forbidden, iam policy, missing permission, rbac, \
         insufficient privileges, revoked access, iam role, file ownership, chmod, not authorized to, wrong \
         owner, selinux, not allowed, role missing, revoked role, unauthorised, unauthorized, policy denied, read \
         only user, group membership, umask, apparmor, seccomp",
    ),
    (
        "sealed",
        "a sealed secret store",
        "unseal, sealed, vault sealed, sealed vault, secret store sealed, auto unseal, secrets unavailable, \
         unseal keys, unsealed, vault was sealed, shamir, unseal key, kms unavailable, hsm",
    ),
];
