param prefix string

resource storage 'Microsoft.Storage/storageAccounts@2023-05-01' = {
  name: 'st${prefix}data'
  location: 'westeurope'
  kind: 'StorageV2'
  sku: { name: 'Standard_LRS' }
  properties: { publicNetworkAccess: 'Enabled' }
}

resource hub 'Microsoft.MachineLearningServices/workspaces@2024-10-01' = {
  name: 'hub-contoso-open'
  location: 'westeurope'
  kind: 'Hub'
  properties: {
    storageAccount: storage.id
    publicNetworkAccess: 'Disabled'
    managedNetwork: {
      isolationMode: 'AllowOnlyApprovedOutbound'
      outboundRules: {
        data: { type: 'FQDN', destination: '${prefix}-data.blob.core.windows.net' }
        docs: { type: 'FQDN', destination: 'docs.${prefix}.fabrikam.example' }
        host: { type: 'FQDN', destination: prefix }
      }
    }
    provisionNetworkNow: true
  }
}
