namespace Kener.Contracts;

/// <summary>DNS: checks that a name has the expected records.</summary>
public static class DnsType
{
    private static readonly TextField NameServer = new("nameServer");

    private static readonly ChoiceField Transport = new("transport", "UDP", "UDP", "TLS");

    private static readonly string[] RecordTypes =
    [
        "A", "AAAA", "AFSDB", "AMTRELAY", "ANY", "APL", "ATMA", "AVC", "AXFR", "CAA", "CDNSKEY", "CDS", "CERT", "CNAME", "CSYNC", "DHCID", "DLV", "DNAME", "DNSKEY",
        "DOA", "DS", "EID", "EUI48", "EUI64", "GID", "GPOS", "HINFO", "HIP", "HTTPS", "IPSECKEY", "ISDN", "IXFR", "KEY", "KX", "L32", "L64", "LOC", "LP", "MAILA",
        "MAILB", "MB", "MD", "MF", "MG", "MINFO", "MR", "MX", "NAPTR", "NID", "NIMLOC", "NINFO", "NS", "NSAP", "NSAP-PTR", "NSEC", "NSEC3", "NSEC3PARAM", "NULL", "NXT",
        "OPENPGPKEY", "OPT", "PTR", "PX", "RKEY", "RP", "RRSIG", "RT", "SIG", "SINK", "SMIMEA", "SOA", "SPF", "SRV", "SSHFP", "SVCB", "TA", "TALINK", "TKEY", "TLSA",
        "TSIG", "TXT", "UID", "UINFO", "UNSPEC", "URI", "WKS", "X25", "ZONEMD",
    ];

    /// <summary>The descriptor.</summary>
    public static MonitorType Descriptor { get; } = new(
        "DNS", CheckedBy.Agents,
        [
            new TextField("host") { IsRequired = true }, new ChoiceField("lookupRecord", "A", RecordTypes), NameServer, new ChoiceField("matchType", "ANY", "ANY", "ALL"),
            new TextsField("values"), Transport, new WholeField("tlsPort", 853, 1, 65_535), new TextField("tlsServername"), new FlagField("allowSelfSignedCert", false),
        ],
        """{ "host": "example.com", "lookupRecord": "MX", "nameServer": "1.1.1.1", "matchType": "ANY", "values": ["mail.example.com"], "transport": "UDP" }""")
    {
        // Only TLS requires a name server: otherwise the resolver finds the servers of the zone.
        NeedsFurther = data => Transport.ReadOrDefault(data) == "TLS" && string.IsNullOrWhiteSpace(NameServer.ReadOrDefault(data)) ? NameServer.Name : null,
    };
}
