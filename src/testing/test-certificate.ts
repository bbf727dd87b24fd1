import { getCACertificates, setDefaultCACertificates } from "node:tls";

/**
 * What hosts of tests show: valid until 2126 for localhost, 127.0.0.1, *.search.windows.net, *.search.azure.us and
 * *.openai.azure.com. Nobody trusts it who was not told to.
 */
export const TEST_CERTIFICATE = {
  key: `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgxWA+MFgktIp/fKMT
qEJmG39LMNKHgG6AgDSADvl5aZyhRANCAARZlXgxYX7N3dNfYuhDMOPv/K4+5V84
s31egfR1yxIoFsG3YtCyM5RIwqMVt8/F8L43WO8gsbMhGGlO8UTioYZQ
-----END PRIVATE KEY-----
`,
  cert: `-----BEGIN CERTIFICATE-----
MIIB8DCCAZagAwIBAgIUOiu1iAG3qjaS1zFRGOYigyjYCeUwCgYIKoZIzj0EAwIw
HzEdMBsGA1UEAwwUR3JvdW5kd2lyZSB0ZXN0IGhvc3QwIBcNMjYxMTI3MDAzOTEw
WhgPMjEyNjExMDMwMDM5MTBaMB8xHTAbBgNVBAMMFEdyb3VuZHdpcmUgdGVzdCBo
b3N0MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEWZV4MWF+zd3TX2LoQzDj7/yu
PuVfOLN9XoH0dcsSKBbBt2LQsjOUSMKjFbfPxfC+N1jvILGzIRhpTvFE4qGGUKOB
rTCBqjAdBgNVHQ4EFgQUPmdqQCNV2Uqftjkyj72vvsTrFY4wHwYDVR0jBBgwFoAU
PmdqQCNV2Uqftjkyj72vvsTrFY4wDwYDVR0TAQH/BAUwAwEB/zBXBgNVHREEUDBO
gglsb2NhbGhvc3SCFCouc2VhcmNoLndpbmRvd3MubmV0ghEqLnNlYXJjaC5henVy
ZS51c4ISKi5vcGVuYWkuYXp1cmUuY29thwR/AAABMAoGCCqGSM49BAMCA0gAMEUC
IE/E/PP8QeOFng6Yx1KyGjuqXTeAh3Lfx8KyVsBjt+EEAiEA3yBaQXbcf1y90sEs
x3yjB9+gw3aj6Qz0w+5hz6RqSiA=
-----END CERTIFICATE-----
`,
};

/** This process takes the certificate for good from now on, as with `NODE_EXTRA_CA_CERTS`. */
export function trustTestCertificate(): void {
  setDefaultCACertificates([...getCACertificates("default"), TEST_CERTIFICATE.cert]);
}
